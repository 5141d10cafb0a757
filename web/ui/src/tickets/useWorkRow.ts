// The ticket of a list that stands beside it: chosen by ↑ ↓, opened by click, Enter or a link; Esc leads back to the list.
import { ref, type Ref } from 'vue';
import { onBeforeRouteLeave } from 'vue-router';
import { useKeys } from '@/shared/keys';
import { isSplit } from '@/shared/narrow';
import { byNumber, type PagedList } from '@/shared/pagedList';
import { useRowKeys } from '@/shared/useRowKeys';
import { useTrail } from '@/tickets/trail';
import { useChosenRow } from '@/tickets/useChosenRow';

interface Numbered {
  readonly number: string;
}

interface WorkRow<Row> {
  readonly chosen: Ref<string | null>;
  /** the order covers the list, where there is no room for both */
  readonly isOpen: Ref<boolean>;
  readonly open: (row: Row) => void;
}

export function useWorkRow<Row extends Numbered>(
  list: PagedList<Row>,
  keys: { hasOwnLetters?: boolean } = {},
): WorkRow<Row> {
  const trail = useTrail();
  const isOpen = ref(false);
  const chosen = useChosenRow(list, () => isSplit.value || isOpen.value);
  isOpen.value = chosen.value !== null;

  function open(row: Row): void {
    chosen.value = row.number;
    isOpen.value = true;
  }

  useRowKeys({ rows: list.rows, keyOf: byNumber, chosen, open, ...keys });
  useKeys({ 'page.back': () => (isOpen.value = false) });
  onBeforeRouteLeave((to, from) => {
    if (to.name === 'ticket') trail.walk(list.rows.value.map(byNumber), from.fullPath);
  });
  return { chosen, isOpen, open };
}
