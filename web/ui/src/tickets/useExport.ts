// One export at a time: how far it is, and stopping it.
import { onScopeDispose, ref } from 'vue';
import { t } from '@/i18n';
import { Problem, Unreachable, type Query } from '@/shared/http';
import { useNotices } from '@/shared/notices';
import { count } from '@/shared/numbers';
import { exportTickets, keepFile, type FileKind } from '@/tickets/exports';

export function useExport() {
  const notices = useNotices();
  /** A share of 0 to 1; null: nothing is being exported. */
  const share = ref<number | null>(null);
  let running: AbortController | null = null;

  async function start(kind: FileKind, query: Query): Promise<void> {
    const mine = (running = new AbortController());
    share.value = 0;
    try {
      const { file, name, rows } = await exportTickets(kind, query, (now) => (share.value = now), mine.signal);
      keepFile(file, name);
      notices.tell(t('tickets.export.done', { n: count(rows), name }), 'good');
    } catch (error) {
      if (mine.signal.aborted) return notices.tell(t('tickets.export.stopped'));
      notices.refuse(error instanceof Problem ? error : new Unreachable());
    } finally {
      share.value = null;
    }
  }

  onScopeDispose(() => running?.abort());
  return { share, start, stop: () => running?.abort() };
}
