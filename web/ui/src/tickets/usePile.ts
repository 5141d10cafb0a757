// 整堆同派: which of the pile go to which unit, what the server would refuse, one question, one press.
import { computed, ref, shallowRef, watch } from 'vue';
import { t } from '@/i18n';
import { sentence, useNotices } from '@/shared/notices';
import { ask } from '@/shared/questions';
import { inFours } from '@/shared/ticketNumber';
import { previewPile, sendPile } from '@/tickets/api';
import { useCatalogue } from '@/tickets/catalogue';
import type { Alike, OneOutcome, TicketView } from '@/tickets/types';

export interface PileRow {
  readonly number: string;
  readonly title: string;
  readonly place: string;
}

/** A pile that has gone out: one press takes it back. */
export interface SentPile {
  readonly numbers: readonly string[];
  readonly unit: string;
}

/** What the catalogue asks of a dispatch elsewhere is typed word by word: the server is asked when typing rests. */
const PAUSE_MS = 300;

export function usePile(ticket: TicketView, waiting: readonly Alike[], unitId: number | null) {
  const notices = useNotices();
  const catalogue = useCatalogue();
  void catalogue.load();
  const rows: readonly PileRow[] = [ticket, ...waiting];
  const picked = ref(rows.map(({ number }) => number));
  const unit = ref(unitId === null ? '' : String(unitId));
  const reason = ref('');
  const preview = shallowRef<readonly OneOutcome[]>([]);
  const fault = ref('');
  const isSending = ref(false);
  let asked = 0;

  const pile = computed(() => ({
    numbers: rows.map(({ number }) => number).filter((number) => picked.value.includes(number)),
    unit_id: Number(unit.value),
    reason: reason.value.trim(),
  }));
  const refused = computed(() => preview.value.filter(({ code }) => code));
  const sendable = computed(() => preview.value.length - refused.value.length);

  async function rehearse(): Promise<void> {
    asked += 1;
    const mine = asked;
    if (!unit.value || pile.value.numbers.length === 0) {
      preview.value = [];
      return;
    }
    try {
      const outcomes = await previewPile(pile.value);
      if (mine === asked) [preview.value, fault.value] = [outcomes, ''];
    } catch (error) {
      if (mine === asked) [preview.value, fault.value] = [[], sentence(error)];
    }
  }

  /** Asks once; answers what was sent, and to whom. */
  async function send(): Promise<SentPile | null> {
    if (isSending.value || sendable.value === 0) return null;
    const name = catalogue.units.find(({ id }) => id === pile.value.unit_id)?.short_name ?? '';
    const title = t('dispatch.pileQuestion', { n: sendable.value, unit: name });
    if (!(await ask({ title, text: t('dispatch.pileConsequence'), action: t('dispatch.send') }))) return null;
    isSending.value = true;
    try {
      const outcomes = await sendPile(pile.value);
      const left = outcomes.filter(({ code }) => code);
      for (const one of left) notices.tell(`${inFours(one.number)} ${one.message}`, 'late');
      notices.tell(t('dispatch.pileDone', { n: outcomes.length - left.length }), 'good');
      const numbers = outcomes.filter(({ code }) => !code).map(({ number }) => number);
      return numbers.length ? { numbers, unit: name } : null;
    } catch (error) {
      fault.value = sentence(error);
      return null;
    } finally {
      isSending.value = false;
    }
  }

  let timer = 0;
  watch(reason, () => {
    window.clearTimeout(timer);
    preview.value = [];
    timer = window.setTimeout(() => void rehearse(), PAUSE_MS);
  });
  // By content: nothing may be sent on the word of an older preview.
  watch([unit, () => pile.value.numbers.join()], () => {
    preview.value = [];
    void rehearse();
  });
  void rehearse();
  return { rows, picked, unit, reason, refused, sendable, fault, isSending, send };
}
