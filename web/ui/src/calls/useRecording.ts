// One recording: fetched once, as each fetching is a logged look; played, paused, and moved through.
import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import { recordingUrl } from '@/calls/api';
import { barsOf } from '@/calls/waveform';
import { looks } from '@/shared/useReveal';

const BARS = 120;
const STEP_S = 5;

export function useRecording(callId: number) {
  const state = ref<'closed' | 'loading' | 'open' | 'missing'>('closed');
  const bars = shallowRef<readonly number[]>([]);
  const isPlaying = ref(false);
  const playedS = ref(0);
  const lengthS = ref(0);
  const audio = new Audio();
  const share = computed(() => (lengthS.value > 0 ? playedS.value / lengthS.value : 0));

  audio.addEventListener('loadedmetadata', () => (lengthS.value = audio.duration));
  audio.addEventListener('timeupdate', () => (playedS.value = audio.currentTime));
  for (const event of ['play', 'pause', 'ended']) {
    audio.addEventListener(event, () => (isPlaying.value = !audio.paused && !audio.ended));
  }

  async function open(): Promise<void> {
    state.value = 'loading';
    try {
      const answer = await fetch(recordingUrl(callId), { credentials: 'same-origin' });
      if (!answer.ok) throw new Error(`recording ${answer.status}`);
      const file = await answer.blob();
      looks.value += 1;
      audio.src = URL.createObjectURL(file);
      bars.value = (await barsOf(file, BARS)) ?? [];
      state.value = 'open';
      await audio.play();
    } catch {
      if (state.value === 'loading') state.value = 'missing';
    }
  }

  function toggle(): void {
    if (audio.paused) void audio.play();
    else audio.pause();
  }

  /** To a share of 0 to 1. */
  function go(to: number): void {
    audio.currentTime = Math.min(Math.max(to, 0), 1) * lengthS.value;
    playedS.value = audio.currentTime;
  }

  onScopeDispose(() => {
    audio.pause();
    if (audio.src) URL.revokeObjectURL(audio.src);
  });
  return {
    state,
    bars,
    isPlaying,
    playedS,
    lengthS,
    share,
    open,
    toggle,
    go,
    step: (by: 1 | -1) => go((playedS.value + by * STEP_S) / (lengthS.value || 1)),
  };
}
