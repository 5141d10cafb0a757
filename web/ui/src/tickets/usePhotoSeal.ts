// Photos of a sealed ticket are closed until somebody says what for, and again five minutes later.
import { computed, ref, watch, type Ref } from 'vue';
import { serverNow } from '@/shared/clock';
import { useReveal } from '@/shared/useReveal';
import { openPhotos, type PhotosView } from '@/tickets/photos';

/** How often photos were opened or closed: pictures that stand elsewhere on the page are asked for again. */
export const turns = ref(0);

export function usePhotoSeal(number: () => string, found: Ref<PhotosView | null>) {
  const leftS = computed(() => {
    const until = found.value?.open_until;
    return until ? (new Date(until).getTime() - serverNow.value) / 1000 : 0;
  });
  const isClosed = computed(() => Boolean(found.value?.needs_purpose) && leftS.value <= 0);
  watch(isClosed, () => (turns.value += 1));

  const reveal = async (purpose: string): Promise<string> => {
    found.value = await openPhotos(number(), purpose);
    return '';
  };
  const { isAsking, isWaiting, fault, open } = useReveal(() => reveal);
  return { isClosed, leftS, isAsking, isWaiting, fault, open };
}
