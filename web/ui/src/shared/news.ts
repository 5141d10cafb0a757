// Lists that are told that they have changed, and then ask again with their own filters.
import { useLive } from '@/shared/live';

/** Read now, and again whenever the topic tells of a change or the link has come back. */
export function useNews(topic: string, reload: () => Promise<void>): void {
  let isFirst = true;
  useLive(topic, () => {
    // The first snapshot says nothing new: the list is being read anyway.
    if (!isFirst) void reload();
    isFirst = false;
  });
  void reload();
}
