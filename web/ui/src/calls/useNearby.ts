// 附近相同诉求: open tickets like the one that is being typed, asked for when typing rests.
import { onScopeDispose, shallowRef, watch, type Ref } from 'vue';
import { readNearby } from '@/calls/api';
import type { TicketForm } from '@/calls/draftForm';
import type { Nearby } from '@/calls/types';
import { Problem } from '@/shared/http';

const REST_MS = 700;
const LEAST = 6;

export function useNearby(form: Readonly<Ref<TicketForm | null>>): Readonly<Ref<readonly Nearby[]>> {
  const nearby = shallowRef<readonly Nearby[]>([]);
  let timer = 0;
  let asked = 0;

  async function ask({ text, place_id, place_text, topic_id }: TicketForm): Promise<void> {
    const mine = ++asked;
    try {
      const found = await readNearby({ text, place_id: place_id ?? null, place_text, topic_id: topic_id ?? null });
      if (mine === asked) nearby.value = found;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // A help, not a need: without an answer the form goes on as it is.
      if (mine === asked) nearby.value = [];
    }
  }

  watch(
    () => [form.value?.text, form.value?.place_id, form.value?.place_text, form.value?.topic_id] as const,
    () => {
      window.clearTimeout(timer);
      const typed = form.value;
      if (typed && typed.text.trim().length >= LEAST) {
        timer = window.setTimeout(() => void ask(typed), REST_MS);
        return;
      }
      asked += 1;
      nearby.value = [];
    },
    { immediate: true },
  );
  onScopeDispose(() => window.clearTimeout(timer));
  return nearby;
}
