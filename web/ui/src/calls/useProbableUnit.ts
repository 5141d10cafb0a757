// Who will probably have the matter, and until when: from the dispatch catalogue, once topic and place are chosen.
import { ref, watch, type Ref } from 'vue';
import { readPromise } from '@/calls/api';
import type { TicketForm } from '@/calls/draftForm';
import { Problem } from '@/shared/http';

export function useProbableUnit(form: Readonly<Ref<TicketForm | null>>): Readonly<Ref<string>> {
  const sentence = ref('');

  async function ask(topicId: number, placeId: number | null, type: string | null, urgency: string): Promise<void> {
    try {
      sentence.value = (await readPromise({ topic_id: topicId, place_id: placeId, type, urgency })).sentence;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      sentence.value = '';
    }
  }

  watch(
    () => [form.value?.topic_id, form.value?.place_id, form.value?.type, form.value?.urgency] as const,
    ([topicId, placeId, type, urgency]) => {
      sentence.value = '';
      if (topicId) void ask(topicId, placeId ?? null, type ?? null, urgency ?? 'normal');
    },
    { immediate: true },
  );
  return sentence;
}
