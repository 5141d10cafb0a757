// What the server makes of what is being typed, asked when typing rests: the topic, when it is sure enough, and words
// that may mean that somebody must act at once; the agent decides.
import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import { readTopicSuggestions } from '@/calls/api';
import type { TopicSuggestion } from '@/calls/types';
import { Problem } from '@/shared/http';

const REST_MS = 600;
const LEAST = 6;
const MOST = 2000;
const NO_MODEL = 'none';

export function useSuggestions(text: () => string, place: () => string) {
  const suggestions = shallowRef<readonly TopicSuggestion[]>([]);
  const isUnsure = ref(false);
  const urgentWords = shallowRef<readonly string[]>([]);
  let timer: number | undefined;
  let running: AbortController | null = null;

  async function ask(words: string): Promise<void> {
    running?.abort();
    const mine = (running = new AbortController());
    try {
      const heard = await readTopicSuggestions(words.slice(0, MOST), place(), mine.signal);
      urgentWords.value = heard.urgent_words;
      const said = heard.topics.filter(({ certainty }) => certainty !== 'uncertain');
      suggestions.value = said;
      isUnsure.value = said.length === 0 && heard.model !== NO_MODEL;
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
        urgentWords.value = [];
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
  return { suggestions, isUnsure, urgentWords };
}
