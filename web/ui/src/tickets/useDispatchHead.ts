// The counts above the lists of the dispatch desk.
import { shallowRef } from 'vue';
import { readAutomaticHead, readDispatchHead } from '@/tickets/api';
import type { AutomaticHead, DispatchHead } from '@/tickets/types';

export function useDispatchHead() {
  const head = shallowRef<DispatchHead | null>(null);
  const automatic = shallowRef<AutomaticHead | null>(null);

  async function readHead(): Promise<void> {
    [head.value, automatic.value] = await Promise.all([readDispatchHead(), readAutomaticHead()]);
  }

  return { head, automatic, readHead };
}
