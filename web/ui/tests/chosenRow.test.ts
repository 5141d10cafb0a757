import { describe, expect, it } from 'vitest';
import { computed, createApp, effectScope, nextTick, ref, shallowRef } from 'vue';
import { createMemoryHistory, createRouter, type Router } from 'vue-router';
import { useChosenRow } from '@/tickets/useChosenRow';

const PAGE = { render: () => null };

function routerTo(load: () => Promise<typeof PAGE>): Router {
  return createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/dispatch', component: PAGE },
      { path: '/audit', component: load },
    ],
  });
}

function listOf(router: Router, choosesItself = true) {
  const rows = shallowRef<{ number: string }[]>([]);
  const app = createApp({}).use(router);
  const scope = effectScope();
  const found = scope.run(() =>
    app.runWithContext(() => useChosenRow({ rows, isRenewed: ref(false) }, () => choosesItself)),
  );
  const chosen = computed(() => found?.value);
  return { rows, chosen, scope };
}

describe('the chosen row of a work list', () => {
  it('gives way to the next one when its ticket has gone', async () => {
    const router = routerTo(async () => PAGE);
    await router.push('/dispatch?ticket=2');
    const { rows, chosen, scope } = listOf(router);
    rows.value = [{ number: '1' }, { number: '2' }, { number: '3' }];
    await nextTick();
    rows.value = [{ number: '1' }, { number: '3' }];
    await nextTick();

    await expect.poll(() => chosen.value).toBe('3');
    scope.stop();
  });

  it('leaves the choice to a person where the order would cover the list', async () => {
    const router = routerTo(async () => PAGE);
    await router.push('/dispatch');
    const { rows, chosen, scope } = listOf(router, false);
    rows.value = [{ number: '1' }, { number: '2' }];
    await nextTick();

    expect(chosen.value).toBe(null);
    expect(router.currentRoute.value.fullPath).toBe('/dispatch');
    scope.stop();
  });

  it('keeps nobody on the page who is on the way to another', async () => {
    let arrive: (page: typeof PAGE) => void = () => undefined;
    const page = new Promise<typeof PAGE>((resolve) => (arrive = resolve));
    let tellAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (tellAsked = resolve));
    const router = routerTo(() => (tellAsked(), page));
    await router.push('/dispatch?ticket=1');
    const { rows, scope } = listOf(router);
    rows.value = [{ number: '1' }, { number: '2' }];
    await nextTick();
    const going = router.push('/audit');
    await asked;

    rows.value = [{ number: '2' }];
    await nextTick();
    arrive(PAGE);
    await going;

    expect(router.currentRoute.value.path).toBe('/audit');
    scope.stop();
  });
});
