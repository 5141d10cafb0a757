// The chosen ticket of a work list: it stands in the URL, and the next one takes its place when one's own act moves it on.
import { computed, watch, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useIsLeaving } from '@/shared/useIsLeaving';

interface Numbered {
  readonly number: string;
}

interface Listed {
  readonly rows: Readonly<Ref<readonly Numbered[]>>;
  /** the rows changed by what others did: nobody's ticket is taken from under their hands */
  readonly isRenewed: Readonly<Ref<boolean>>;
}

/** `choosesItself`: whether the first row is chosen where nobody has chosen yet. */
export function useChosenRow(
  { rows, isRenewed }: Listed,
  choosesItself: () => boolean = () => true,
): Ref<string | null> {
  const route = useRoute();
  const router = useRouter();
  const isLeaving = useIsLeaving();
  const chosen = computed({
    get: () => (typeof route.query['ticket'] === 'string' ? route.query['ticket'] : null),
    set(number) {
      if (!isLeaving()) void router.replace({ query: { ...route.query, ticket: number ?? undefined } });
    },
  });
  const place = (): number => rows.value.findIndex(({ number }) => number === chosen.value);
  /** Where it stood when the list last had it; -1: a link named it, and it may stand on a later page. */
  let known = -1;

  watch(chosen, () => (known = place()));
  watch(rows, (now) => {
    const at = place();
    if (at >= 0) {
      known = at;
      return;
    }
    if (chosen.value === null ? !choosesItself() : known < 0 || isRenewed.value) return;
    chosen.value = now[Math.min(Math.max(known, 0), now.length - 1)]?.number ?? null;
  });
  return chosen;
}
