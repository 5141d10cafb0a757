// The chosen ticket of a work list: it stands in the URL, and the next one takes its place when it leaves the list.
import { computed, watch, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';

interface Numbered {
  readonly number: string;
}

export function useChosenRow(rows: Readonly<Ref<readonly Numbered[]>>): Ref<string | null> {
  const route = useRoute();
  const router = useRouter();
  const chosen = computed({
    get: () => (typeof route.query['ticket'] === 'string' ? route.query['ticket'] : null),
    set: (number) => void router.replace({ query: { ...route.query, ticket: number ?? undefined } }),
  });
  const place = (list: readonly Numbered[]): number => list.findIndex(({ number }) => number === chosen.value);

  watch(rows, (now, before) => {
    const was = place(before);
    // A ticket that a link names may stand on a later page: it stays.
    if (place(now) >= 0 || (chosen.value !== null && was < 0)) return;
    chosen.value = now[Math.min(Math.max(was, 0), now.length - 1)]?.number ?? null;
  });
  return chosen;
}
