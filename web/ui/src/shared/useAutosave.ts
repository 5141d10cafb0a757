// Saves a form one second after the last change; until then it lives in memory and sessionStorage.
import { onScopeDispose, ref } from 'vue';
import { serverNow } from '@/shared/clock';

const WAIT_MS = 1000;
const RETRY_MS = 5000;

export type SaveState = 'idle' | 'waiting' | 'saving' | 'saved' | 'failed';

export function useAutosave(save: () => Promise<void>) {
  const state = ref<SaveState>('idle');
  const savedAt = ref<number | null>(null);
  let timer: number | undefined;
  let running: Promise<void> | null = null;

  function touch(): void {
    state.value = 'waiting';
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void run(), WAIT_MS);
  }

  async function run(): Promise<void> {
    window.clearTimeout(timer);
    await running;
    if (state.value === 'idle' || state.value === 'saved') return;
    state.value = 'saving';
    running = save();
    try {
      await running;
      // What was typed while it was being saved waits for its own second.
      if (state.value === 'saving') state.value = 'saved';
      savedAt.value = serverNow.value;
    } catch {
      state.value = 'failed';
      timer = window.setTimeout(() => void run(), RETRY_MS);
    } finally {
      running = null;
    }
  }

  function reset(): void {
    window.clearTimeout(timer);
    state.value = 'idle';
    savedAt.value = null;
  }

  onScopeDispose(() => window.clearTimeout(timer));
  return { state, savedAt, touch, flush: run, reset };
}
