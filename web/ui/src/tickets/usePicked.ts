// Rows of a list that somebody has ticked, by mouse or keyboard, in the order of the list.
import { computed, ref, type Ref } from 'vue';

interface Numbered {
  readonly number: string;
}

export function usePicked(rows: Readonly<Ref<readonly Numbered[]>>) {
  const picked = ref<ReadonlySet<string>>(new Set());
  /** What has left the list is no longer picked. */
  const numbers = computed(() => rows.value.map(({ number }) => number).filter((number) => picked.value.has(number)));
  const isAll = computed(() => rows.value.length > 0 && numbers.value.length === rows.value.length);

  function pick(number: string): void {
    const next = new Set(picked.value);
    if (!next.delete(number)) next.add(number);
    picked.value = next;
  }

  function pickAll(all: boolean): void {
    picked.value = new Set(all ? rows.value.map(({ number }) => number) : []);
  }

  function keepOnly(wanted: readonly string[]): void {
    picked.value = new Set(wanted);
  }

  return { picked, numbers, isAll, pick, pickAll, keepOnly };
}
