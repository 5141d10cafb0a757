// Whether somebody is on the way to another page, which may still be loading: a change of this page's address would hold them back.
import { onScopeDispose } from 'vue';
import { useRouter } from 'vue-router';

export function useIsLeaving(): () => boolean {
  const router = useRouter();
  let isLeaving = false;
  const unguard = router.beforeEach((to, from) => void (isLeaving = to.path !== from.path));
  const unhear = router.afterEach(() => (isLeaving = false));
  onScopeDispose(() => [unguard, unhear].forEach((stop) => stop()));
  return () => isLeaving;
}
