// Photos of one draft or ticket, read again when somebody says that more came; asking for some and adding one's own.
import { ref, shallowRef, watch } from 'vue';
import { t } from '@/i18n';
import { Problem } from '@/shared/http';
import { useNotices } from '@/shared/notices';
import { ask } from '@/shared/questions';
import { looks } from '@/shared/useReveal';
import { tellOwnChange } from '@/tickets/ownChanges';
import {
  addPhoto,
  askForPhotos,
  readPhotos,
  redactPhoto,
  type PhotoOwner,
  type PhotosView,
  type PhotoView,
  type Shows,
} from '@/tickets/photos';

/** `version` changes whenever the photos may have. */
export function usePhotos(owner: () => PhotoOwner, version: () => number) {
  const notices = useNotices();
  const found = shallowRef<PhotosView | null>(null);
  const hasFailed = ref(false);
  const isAdding = ref(false);

  async function load(): Promise<void> {
    const wanted = owner();
    try {
      const fresh = await readPhotos(wanted);
      if (wanted !== owner()) return;
      found.value = fresh;
      hasFailed.value = false;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      hasFailed.value = true;
    }
  }

  /** `before`: what must reach the server first, such as the phone that was just typed. */
  async function askCitizen(before: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const question = { title: t('photos.askQuestion'), text: t('photos.askText'), action: t('photos.ask') };
    if (!(await ask(question))) return;
    try {
      await before();
      const code = await askForPhotos(owner());
      if (!code.not_sent) notices.tell(t('photos.asked'), 'good');
      await load();
    } catch (error) {
      notices.refuse(error);
    }
  }

  /** One after the other; the first that is refused is named and ends it. */
  async function add(files: readonly File[], shows: Shows = {}): Promise<void> {
    isAdding.value = true;
    let n = 0;
    try {
      for (const file of files) {
        const to = owner();
        await addPhoto(to, file, shows);
        if (to.startsWith('/tickets/')) tellOwnChange(to.slice('/tickets/'.length));
        n += 1;
      }
    } catch (error) {
      notices.refuse(error);
    } finally {
      isAdding.value = false;
    }
    if (n) notices.tell(t('photos.added', { n }), 'good');
    await load();
  }

  /** 不外传, or shown to units again. */
  async function turn({ id, is_hidden }: PhotoView): Promise<void> {
    try {
      await redactPhoto(id, !is_hidden);
    } catch (error) {
      notices.refuse(error);
    }
    await load();
  }

  watch(owner, () => (found.value = null));
  watch(
    () => `${owner()} ${version()} ${looks.value}`,
    () => void load(),
    { immediate: true },
  );
  return { found, hasFailed, isAdding, load, askCitizen, add, turn };
}
