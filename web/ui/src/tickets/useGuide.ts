// What to ask and say of a topic; a help that cannot be read is left out, and whatever it helps with works without it.
import { shallowRef, watch, type ShallowRef } from 'vue';
import { readGuide } from '@/tickets/api';
import type { TopicGuide } from '@/tickets/types';

export function useGuide(topicId: () => number | null): ShallowRef<TopicGuide | null> {
  const guide = shallowRef<TopicGuide | null>(null);
  watch(
    topicId,
    async (wanted) => {
      guide.value = null;
      if (wanted === null) return;
      try {
        const found = await readGuide(wanted);
        if (wanted === topicId()) guide.value = found;
      } catch {
        // left out, as said above
      }
    },
    { immediate: true },
  );
  return guide;
}
