// A reply while it is typed: saved on the server a second after the last key stroke, found again by colleagues.
import { computed, onBeforeUnmount, reactive, ref, shallowRef, watch } from 'vue';
import { useSession } from '@/session/store';
import { Problem } from '@/shared/http';
import { sentence } from '@/shared/notices';
import { useAutosave } from '@/shared/useAutosave';
import { readReplyDraft, saveReplyDraft } from '@/tickets/api';
import { conflictOf, type Conflict } from '@/tickets/conflicts';
import { begunReply, both, filledIn, unfinished, type ReplyDraft, type SentBack } from '@/tickets/replyDrafts';
import type { ReplyDraftView } from '@/tickets/types';

/** What this browser has not handed over yet; wiped at log-out. */
interface Kept {
  readonly version: number;
  readonly form: ReplyDraft;
}

export function useReplyDraft(number: string, begun: SentBack | null) {
  const key = `reply.${number}`;
  const session = useSession();
  const form = reactive(begunReply(begun));
  const known = shallowRef<ReplyDraftView | null>(null);
  const version = computed(() => known.value?.version ?? 0);
  const conflict = shallowRef<Conflict | null>(null);
  const refused = ref('');
  const isReady = ref(false);
  /** What the server has, so that only what a person typed is saved. */
  let stands = JSON.stringify(form);

  /** Whose words stand there, when they are not one's own. */
  const colleague = computed(() => {
    const draft = known.value;
    return draft?.saved_at && draft.author_id !== session.person?.id ? draft : null;
  });

  async function save(): Promise<void> {
    const sent = JSON.stringify(form);
    if (conflict.value || refused.value || sent === stands) return;
    try {
      known.value = await saveReplyDraft(number, unfinished(form), version.value);
      stands = sent;
      if (JSON.stringify(form) === sent) sessionStorage.removeItem(key);
    } catch (error) {
      if (!(error instanceof Problem) || error.isPassing) throw error;
      conflict.value = conflictOf(error);
      // The ticket has moved on: what was typed stays on the page.
      if (!conflict.value) refused.value = sentence(error);
    }
  }

  const saver = useAutosave(save);

  function fill(fields: ReplyDraft): void {
    Object.assign(form, fields);
  }

  function restore(kept: Kept | null): void {
    const found = known.value;
    if (found?.saved_at) fill(filledIn(found.form));
    stands = JSON.stringify(form);
    if (!kept) return;
    const theirs = { ...form };
    fill(kept.form);
    if (kept.version === version.value) saver.touch();
    else if (JSON.stringify(form) !== stands)
      conflict.value = { version: version.value, current: theirs, yours: { ...kept.form } };
  }

  async function load(): Promise<void> {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Kept | null;
    try {
      known.value = await readReplyDraft(number);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // Whoever cannot read it now writes all the same; saving tells what stands in the way.
    }
    restore(kept);
    isReady.value = true;
  }

  /** Of two texts one, the other, or both; the choice is saved on top of what stands. */
  function settle(fields: ReplyDraft): void {
    const last = conflict.value;
    if (!last) return;
    known.value = { author: '', author_id: null, saved_at: null, form: {}, ...known.value, version: last.version };
    stands = JSON.stringify(filledIn(last.current));
    conflict.value = null;
    fill(fields);
    saver.touch();
  }

  const keepMine = (): void => settle({ ...form });
  const keepTheirs = (): void => settle(filledIn(conflict.value?.current ?? {}));
  const keepBoth = (): void => settle(both(form, filledIn(conflict.value?.current ?? {})));

  watch(form, () => {
    if (JSON.stringify(form) === stands) return;
    const kept: Kept = { version: version.value, form: { ...form } };
    sessionStorage.setItem(key, JSON.stringify(kept));
    saver.touch();
  });

  /** It was sent: nothing is saved any more. */
  function forget(): void {
    stands = JSON.stringify(form);
    sessionStorage.removeItem(key);
    saver.reset();
  }

  onBeforeUnmount(() => void saver.flush());
  void load();
  return { form, isReady, colleague, conflict, refused, saver, keepMine, keepTheirs, keepBoth, forget };
}
