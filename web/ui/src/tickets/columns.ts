// The columns of the ticket list besides number and title.
import { ref } from 'vue';
import type { components } from '@/api/schema';
import { http } from '@/shared/http';
import { useNotices } from '@/shared/notices';

export type Column = components['schemas']['Column'];

/** All of them, in their order. */
export const COLUMNS: readonly Column[] = [
  'place',
  'topic',
  'type',
  'urgency',
  'caller',
  'unit',
  'state',
  'due',
  'unit_due',
  'registered',
];
/** What is shown to somebody who has not chosen. */
export const USUAL: readonly Column[] = ['place', 'topic', 'unit', 'state', 'due', 'registered'];

export function useColumns() {
  const notices = useNotices();
  const columns = ref<readonly Column[]>(USUAL);

  function take(chosen: readonly Column[]): void {
    columns.value = chosen.length > 0 ? COLUMNS.filter((column) => chosen.includes(column)) : USUAL;
  }

  async function load(): Promise<void> {
    take((await http.get<{ columns: Column[] }>('/ticket-columns')).columns);
  }

  async function choose(chosen: Column[]): Promise<void> {
    take(chosen);
    await http.put('/ticket-columns', { columns: chosen }).catch(notices.refuse);
  }

  void load().catch(notices.refuse);
  return { columns, choose };
}
