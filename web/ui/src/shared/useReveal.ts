// Hidden data on the page: fetched with a purpose, shown for five minutes, then gone.
import { computed, onScopeDispose, ref } from 'vue';
import { serverNow } from '@/shared/clock';
import { sentence } from '@/shared/notices';

const SHOWN_MS = 5 * 60_000;

/** How many looks this page has made; a list of looks reads itself again when it changes. */
export const looks = ref(0);

export function useReveal(fetch: () => ((purpose: string) => Promise<string>) | undefined) {
  const isAsking = ref(false);
  const isWaiting = ref(false);
  const fault = ref('');
  const shown = ref<{ text: string; until: number } | null>(null);
  const leftS = computed(() => (shown.value ? (shown.value.until - serverNow.value) / 1000 : 0));
  const text = computed(() => (leftS.value > 0 ? (shown.value?.text ?? null) : null));

  const ending = window.setInterval(() => {
    if (shown.value && leftS.value <= 0) shown.value = null;
  }, 1000);
  onScopeDispose(() => window.clearInterval(ending));

  async function open(purpose: string): Promise<void> {
    const reveal = fetch();
    if (!reveal) return;
    isWaiting.value = true;
    try {
      shown.value = { text: await reveal(purpose), until: serverNow.value + SHOWN_MS };
      looks.value += 1;
      isAsking.value = false;
      fault.value = '';
    } catch (error) {
      fault.value = sentence(error);
    } finally {
      isWaiting.value = false;
    }
  }

  function hide(): void {
    shown.value = null;
  }

  return { isAsking, isWaiting, fault, text, leftS, open, hide };
}
