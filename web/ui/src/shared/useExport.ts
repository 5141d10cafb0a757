// One export at a time: how far it is, and stopping it.
import { onScopeDispose, ref } from 'vue';
import { t } from '@/i18n';
import { Problem, Unreachable } from '@/shared/http';
import { useNotices } from '@/shared/notices';
import { count } from '@/shared/numbers';
import { exportList, keepFile, type FileKind, type ListFile, type Progress } from '@/shared/exports';

export function useExport() {
  const notices = useNotices();
  /** null: nothing is being exported. */
  const progress = ref<Progress | null>(null);
  let running: AbortController | null = null;

  async function start(kind: FileKind, list: ListFile): Promise<void> {
    const mine = (running = new AbortController());
    progress.value = { share: 0, bytes: 0 };
    try {
      const { file, name, rows } = await exportList(kind, list, (now) => (progress.value = now), mine.signal);
      keepFile(file, name);
      notices.tell(
        t(rows === null ? 'list.export.doneWhole' : 'list.export.done', { n: count(rows ?? 0), name }),
        'good',
      );
    } catch (error) {
      if (mine.signal.aborted) return notices.tell(t('list.export.stopped'));
      notices.refuse(error instanceof Problem ? error : new Unreachable());
    } finally {
      progress.value = null;
    }
  }

  onScopeDispose(() => running?.abort());
  return { progress, start, stop: () => running?.abort() };
}
