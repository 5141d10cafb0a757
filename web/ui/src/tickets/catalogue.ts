// Units and topics: read once, they change rarely.
import { defineStore } from 'pinia';
import { ref } from 'vue';
import { readTopics, readUnits } from '@/tickets/api';
import type { Topic, Unit } from '@/tickets/types';

export const useCatalogue = defineStore('catalogue', () => {
  const units = ref<readonly Unit[]>([]);
  const topics = ref<readonly Topic[]>([]);
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
      throw error;
    });
    return loading;
  }

  return { units, topics, load };
});
