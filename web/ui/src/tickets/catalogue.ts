// Units and topics: read once, they change rarely.
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { useNotices } from '@/shared/notices';
import { readTopics, readUnits } from '@/tickets/api';
import type { Topic, Unit } from '@/tickets/types';

export const useCatalogue = defineStore('catalogue', () => {
  const units = ref<readonly Unit[]>([]);
  const topics = ref<readonly Topic[]>([]);
  const notices = useNotices();
  let loading: Promise<void> | null = null;

  async function read(): Promise<void> {
    const [freshUnits, freshTopics] = await Promise.all([readUnits(), readTopics()]);
    units.value = freshUnits;
    topics.value = freshTopics;
  }

  /** Once; a failed read is tried again by the next page. */
  function load(): Promise<void> {
    loading ??= read().catch((error: unknown) => {
      loading = null;
      notices.refuse(error);
    });
    return loading;
  }

  /** Topics that a ticket can carry: those nothing stands below. */
  const leaves = computed(() => {
    const parents = new Set(topics.value.map(({ parent_id }) => parent_id));
    return topics.value.filter(({ id }) => !parents.has(id));
  });

  return { units, topics, leaves, load };
});
