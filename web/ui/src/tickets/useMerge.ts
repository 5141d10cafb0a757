// 并案: what is alike, which of it goes under which parent, and what the server would refuse.
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import { t } from '@/i18n';
import { sentence, useNotices } from '@/shared/notices';
import { ask } from '@/shared/questions';
import { inFours, readTyped } from '@/shared/ticketNumber';
import { merge, previewMerge, readAround, readTickets } from '@/tickets/api';
import {
  LISTED_STATES,
  isAnswered,
  type Alike,
  type OneOutcome,
  type State,
  type TicketRow,
  type TicketView,
} from '@/tickets/types';

const SHOWN = 30;
const PAUSE_MS = 300;
/** Whoever owes an answer can take others along. */
const PARENTS = LISTED_STATES.filter((state) => !isAnswered(state) && state !== 'merged');
const CHILDREN: readonly State[] = ['registered', 'to_dispatch'];

/** What is shown of a possible parent; of those about the same matter also why. */
export type Candidate = Pick<
  TicketRow,
  'number' | 'title' | 'place' | 'state' | 'unit' | 'registered_at' | 'child_count'
> & { readonly reasons?: readonly string[] };

export const asCandidate = (one: Alike): Candidate => ({ ...one, child_count: one.callers - 1 });

export function useMerge(ticket: () => TicketView) {
  const notices = useNotices();
  const typed = ref('');
  const found = shallowRef<readonly Candidate[]>([]);
  const parent = ref('');
  const picked = ref<string[]>([]);
  const preview = shallowRef<readonly OneOutcome[]>([]);
  const fault = ref('');
  const isSending = ref(false);
  let running: AbortController | null = null;
  let asked = 0;
  let rehearsal = Promise.resolve();

  /** When nothing is typed: what is about the same matter, then the same topic, the same place first. */
  async function search(): Promise<void> {
    running?.abort();
    const own = new AbortController();
    running = own;
    const text = readTyped(typed.value);
    if (text.kind === 'misheard') {
      fault.value = t('frame.misheard');
      return;
    }
    const { number, topic, place } = ticket();
    const words = text.kind === 'number' ? text.number : text.text;
    const narrowed = words ? { q: words } : { topic_id: topic?.id };
    try {
      const [page, alike] = await Promise.all([
        readTickets({ ...narrowed, state: PARENTS, limit: SHOWN }, own.signal),
        words ? [] : readAround(number).then(({ similar }) => similar.map(asCandidate)),
      ]);
      if (own.signal.aborted) return;
      const known = new Set([number, ...alike.map((one) => one.number)]);
      const others = page.rows.filter((row) => !known.has(row.number));
      found.value = [...alike, ...others.toSorted((a, b) => Number(b.place === place) - Number(a.place === place))];
      fault.value = '';
    } catch (error) {
      if (!own.signal.aborted) fault.value = sentence(error);
    }
  }

  /** What may go along: it waits to be sent, and nothing stands below it. */
  const along = computed(() =>
    found.value.filter(
      ({ number, state, child_count }) => number !== parent.value && CHILDREN.includes(state) && child_count === 0,
    ),
  );
  const numbers = computed(() => [
    ticket().number,
    ...along.value.map(({ number }) => number).filter((number) => picked.value.includes(number)),
  ]);
  const refused = computed(() => preview.value.filter(({ code }) => code));
  const mergeable = computed(() => preview.value.length - refused.value.length);

  async function rehearse(): Promise<void> {
    asked += 1;
    const mine = asked;
    preview.value = [];
    if (!parent.value) return;
    try {
      const outcomes = await previewMerge(parent.value, numbers.value);
      if (mine === asked) preview.value = outcomes;
    } catch (error) {
      if (mine === asked) fault.value = sentence(error);
    }
  }

  /** Asks once; answers whether something was merged. */
  async function send(reason: string): Promise<boolean> {
    if (!parent.value) fault.value = t('form.choose', { field: t('merge.parent') });
    await rehearsal;
    if (isSending.value || mergeable.value === 0) return false;
    const title = t('merge.question', { n: mergeable.value, parent: inFours(parent.value) });
    if (!(await ask({ title, text: t('merge.consequence'), action: t('code.action.merge') }))) return false;
    isSending.value = true;
    try {
      const outcomes = await merge(parent.value, numbers.value, reason);
      const done = outcomes.filter(({ code }) => !code).length;
      for (const one of outcomes) if (one.code) notices.tell(`${inFours(one.number)} ${one.message}`, 'late');
      if (done) notices.tell(t('merge.done', { n: done, parent: inFours(parent.value) }), 'good');
      return done > 0;
    } catch (error) {
      fault.value = sentence(error);
      return false;
    } finally {
      isSending.value = false;
    }
  }

  let timer = 0;
  watch(typed, () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void search(), PAUSE_MS);
  });
  onScopeDispose(() => {
    window.clearTimeout(timer);
    running?.abort();
  });
  // By content: the same numbers in a newly read list ask the server nothing new.
  watch([parent, () => numbers.value.join()], () => {
    rehearsal = rehearse();
  });
  void search();
  return { typed, found, parent, picked, along, preview, refused, mergeable, fault, isSending, send };
}
