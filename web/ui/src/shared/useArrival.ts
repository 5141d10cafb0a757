// A form that somebody asked for comes into sight, with its first field at hand.
import { nextTick, onMounted, type ShallowRef } from 'vue';

/** Answers what to call when it has changed into another form; one that stands there takes nobody's focus. */
export function useArrival(form: Readonly<ShallowRef<HTMLElement | null>>, stands: () => boolean): () => Promise<void> {
  async function arrive(): Promise<void> {
    if (stands()) return;
    await nextTick();
    form.value?.scrollIntoView({ block: 'nearest' });
    form.value?.querySelector<HTMLElement>('input, textarea')?.focus({ preventScroll: true });
  }

  onMounted(arrive);
  return arrive;
}
