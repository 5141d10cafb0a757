// Lists that are told that they have changed, and then ask again with their own filters.
import { onScopeDispose } from 'vue';
import { live, useLive } from '@/shared/live';

/** On an open link the first snapshot is a round trip away; a list is read without it when it stays away. */
const PATIENCE_MS = 300;

/**
 * Read now, and again whenever the topic tells of a change or the link has come back.
 *
 * What is read before the topic is heard may lack a change that nobody tells any more, so the first snapshot reads
 * too: on an open link it is the first reading, else the second.
 */
export function useNews(topic: string, reload: () => Promise<void>): void {
  const impatient = window.setTimeout(() => void reload(), live.isOpen() ? PATIENCE_MS : 0);
  onScopeDispose(() => window.clearTimeout(impatient));
  useLive(topic, () => {
    window.clearTimeout(impatient);
    void reload();
  });
}
