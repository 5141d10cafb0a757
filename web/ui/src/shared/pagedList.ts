// A list that is read page by page: the old rows stay while the new ones load, a late answer never wins over a newer one.
import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import { serverNow } from '@/shared/clock';
import { Problem } from '@/shared/http';

export interface Count {
  readonly n: number;
  readonly more: boolean;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next?: string | null;
  readonly count: Count;
}

export type LoadPage<Row> = (after: string | null, signal: AbortSignal) => Promise<Page<Row>>;

/** `order` puts what has been read in order, for lists that the server sorts by something else. */
export function usePagedList<Row>(load: LoadPage<Row>, order?: (row: Row) => string) {
  const rows = shallowRef<Row[]>([]);
  const count = ref<Count | null>(null);
  const next = ref<string | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const isLoading = ref(false);
  const refreshedAt = ref<number | null>(null);
  let running: AbortController | null = null;

  function sorted(found: Row[]): Row[] {
    return order ? found.sort((a, b) => order(a).localeCompare(order(b))) : found;
  }

  async function read(after: string | null): Promise<void> {
    running?.abort();
    const mine = (running = new AbortController());
    isLoading.value = true;
    try {
      const page = await load(after, mine.signal);
      rows.value = sorted(after ? [...rows.value, ...page.rows] : [...page.rows]);
      count.value = page.count;
      next.value = page.next ?? null;
      problem.value = null;
      refreshedAt.value = serverNow.value;
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      problem.value = error;
    } finally {
      if (running === mine) isLoading.value = false;
    }
  }

  onScopeDispose(() => running?.abort());
  return {
    rows,
    count,
    problem,
    isLoading,
    refreshedAt,
    hasMore: computed(() => next.value !== null),
    /** Nothing has been read yet: show the skeleton, not the empty state. */
    isFirst: computed(() => refreshedAt.value === null && problem.value === null),
    reload: () => read(null),
    loadMore: () => read(next.value),
  };
}

export type PagedList<Row> = ReturnType<typeof usePagedList<Row>>;
