// The list somebody came from, for [ and ] on the ticket page and for going back to the same row.
import { defineStore } from 'pinia';
import { ref } from 'vue';

export const useTrail = defineStore('trail', () => {
  const numbers = ref<readonly string[]>([]);
  const from = ref<string | null>(null);
  const last = ref<string | null>(null);

  function walk(list: readonly string[], path: string): void {
    numbers.value = list;
    from.value = path;
  }

  /** The neighbour of a ticket in the list, or null at its ends. */
  function beside(number: string, by: 1 | -1): string | null {
    const at = numbers.value.indexOf(number);
    return at < 0 ? null : (numbers.value[at + by] ?? null);
  }

  return { numbers, from, last, walk, beside };
});
