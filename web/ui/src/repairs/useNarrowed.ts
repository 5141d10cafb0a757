// What a list of repairs is narrowed by: in the address as every list's, and as the server is asked.
import { computed } from 'vue';
import type { Query } from '@/shared/http';
import { useUrlValues } from '@/shared/useUrlValues';

export function useNarrowed() {
  const { values, change } = useUrlValues(['search', 'level', 'ground']);
  const query = computed<Query>(() => {
    const { search, ...others } = values.value;
    return { ...others, ...(search && { q: search }) };
  });
  return { values, change, query };
}
