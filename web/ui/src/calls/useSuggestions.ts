// The classifier's word on what is being typed: asked when typing rests, told only when it is sure enough.
import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import { readTopicSuggestions } from '@/calls/api';
import type { TopicSuggestion } from '@/calls/types';
import { Problem } from '@/shared/http';

const REST_MS = 600;
const LEAST = 6;

export function useSuggestions(text: () => string, place: () => string) {
  const suggestions = shallowRef<readonly TopicSuggestion[]>([]);
  const isUnsure = ref(false);
  let timer: number | undefined;
  let running: AbortController | null = null;

  async function ask(words: string): Promise<void> {
    running?.abort();
    const mine = (running = new AbortController());
    try {
      const heard = await readTopicSuggestions(words, place(), mine.signal);
      const said = heard.filter(({ certainty }) => certainty !== 'uncertain');
      suggestions.value = said;
      isUnsure.value = said.length === 0;
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      // A suggestion is a help, not a need: without the classifier there is none.
      suggestions.value = [];
      isUnsure.value = false;
    }
  }

  watch(
    text,
    (words) => {
      window.clearTimeout(timer);
      if (words.trim().length < LEAST) {
        suggestions.value = [];
        isUnsure.value = false;
      } else {
        timer = window.setTimeout(() => void ask(words.trim()), REST_MS);
      }
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    window.clearTimeout(timer);
    running?.abort();
  });
  return { suggestions, isUnsure };
}
