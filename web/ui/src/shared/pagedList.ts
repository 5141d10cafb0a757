// A list that is read page by page: the old rows stay while the new ones load, a late answer never wins over a newer one.
import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import { renewed } from '@/shared/arrivals';
import { serverNow } from '@/shared/clock';
import { Problem } from '@/shared/http';

export interface Count {
  readonly n: number;
  readonly more: boolean;
}

/** Where the next page begins. */
type Cursor = string | number;

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next?: Cursor | null;
  readonly count?: Count;
}

export type LoadPage<Row> = (after: Cursor | null, signal: AbortSignal) => Promise<Page<Row>>;

/** The key of a list of tickets. */
export const byNumber = ({ number }: { readonly number: string }): string => number;

/** `order` puts what has been read in order, for lists that the server sorts by something else. */
export function usePagedList<Row>(load: LoadPage<Row>, keyOf: (row: Row) => string, order?: (row: Row) => string) {
  const rows = shallowRef<Row[]>([]);
  const count = ref<Count | null>(null);
  const next = ref<Cursor | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const isLoading = ref(false);
  const refreshedAt = ref<number | null>(null);
  /** How many have come since the list was read; they wait, so that nothing moves under the pointer. */
  const arrived = ref(0);
  /** Whether the rows changed by what others did, and not because somebody here asked for them anew. */
  const isRenewed = ref(false);
  /** Somebody here asked for the rows anew: news that come before the answer must not make less of it. */
  let isOwed = false;
  let running: AbortController | null = null;

  function sorted(found: Row[]): Row[] {
    return order ? found.sort((a, b) => order(a).localeCompare(order(b))) : found;
  }

  function take(after: Cursor | null, page: Page<Row>): void {
    isRenewed.value = false;
    isOwed = false;
    rows.value = sorted(after ? [...rows.value, ...page.rows] : [...page.rows]);
    next.value = page.next ?? null;
    arrived.value = 0;
  }

  /** Something has changed: renew what is shown where it stands. */
  function renew(page: Page<Row>): void {
    const found = renewed(rows.value, page.rows, keyOf, !page.next);
    if (found.rows.length === 0) take(null, page);
    else [rows.value, arrived.value] = [found.rows, found.arrived];
    isRenewed.value = true;
  }

  async function read(after: Cursor | null, put: (page: Page<Row>) => void): Promise<void> {
    running?.abort();
    const mine = (running = new AbortController());
    isLoading.value = true;
    try {
      const page = await load(after, mine.signal);
      put(page);
      count.value = page.count ?? null;
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
    arrived,
    isRenewed,
    reload: () => {
      isOwed = true;
      return read(null, (page) => take(null, page));
    },
    refresh: () => read(null, (page) => (isOwed ? take(null, page) : renew(page))),
    loadMore: () => read(next.value, (page) => take(next.value, page)),
  };
}

export type PagedList<Row> = ReturnType<typeof usePagedList<Row>>;
