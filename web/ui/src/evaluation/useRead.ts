// Something that is read again whenever what it is asked for changes; the old stays while the new loads.
import { onScopeDispose, shallowRef, watch } from 'vue';
import { Problem, type Query } from '@/shared/http';

export function useRead<Found>(query: () => Query, read: (query: Query, signal: AbortSignal) => Promise<Found>) {
  const found = shallowRef<Found | null>(null);
  const problem = shallowRef<Problem | null>(null);
  let running: AbortController | null = null;

  async function load(): Promise<void> {
    running?.abort();
    const mine = (running = new AbortController());
    try {
      found.value = await read(query(), mine.signal);
      problem.value = null;
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      problem.value = error;
    }
  }

  watch(
    () => JSON.stringify(query()),
    () => void load(),
    { immediate: true },
  );
  onScopeDispose(() => running?.abort());
  return { found, problem, load };
}
