// What a list of tickets is narrowed to: kept in the address, and as the server asks for it.
import { computed } from 'vue';
import { useUrlValues } from '@/shared/useUrlValues';
import { ticketQuery } from '@/tickets/ticketQuery';

export function useListSearch(names: readonly string[]) {
  const { values, change } = useUrlValues(['search', ...names]);
  const query = computed(() => ticketQuery(values.value));
  const isNarrowed = computed(() => Object.keys(values.value).length > 0);
  return { values, change, query, isNarrowed };
}

export type ListSearch = ReturnType<typeof useListSearch>;
