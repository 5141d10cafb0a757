// The order in front of a dispatcher: which card is chosen, which question is open, and what follows from an answer.
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { t } from '@/i18n';
import { inFours } from '@/shared/ticketNumber';
import { useCatalogue } from '@/tickets/catalogue';
import type { Values } from '@/tickets/actFields';
import type { DispatchBox, TicketView } from '@/tickets/types';
import { useActs } from '@/tickets/useActs';
import { isBareRepeat, useAround } from '@/tickets/useAround';
import { useCards } from '@/tickets/useCards';
import { useGone, WAITING } from '@/tickets/useGone';
import type { SentPile } from '@/tickets/usePile';
import type { Helper, To, useDispatch } from '@/tickets/useDispatch';

/** Each question, and the act that must be open to this person for it; the others need a waiting ticket only. */
const OFFERED: Partial<Record<DispatchBox, string>> = { split: 'split', end: 'reject', confer: 'confer' };

export function useDispatchOrder(
  ticket: Readonly<Ref<TicketView | null>>,
  dispatch: ReturnType<typeof useDispatch>,
  take: (ticket: TicketView) => void,
) {
  const catalogue = useCatalogue();
  void catalogue.load();
  const { cards, reason, loadCards } = useCards(ticket);
  const { around, rulings, waiting } = useAround(ticket);
  const { perform, fault } = useActs();
  const gone = useGone(ticket);
  const at = ref(0);
  const box = ref<DispatchBox | null>(null);
  /** Who is asked to help as soon as this ticket is sent. */
  const helpers = shallowRef<readonly Helper[]>([]);
  /** A repeat that waits for what is new in it. */
  const held = shallowRef<To | null>(null);

  const waits = computed(() => WAITING.some((state) => state === ticket.value?.state));
  const isRepeat = computed(() => isBareRepeat(ticket.value?.flags ?? []));
  const mayEnd = computed(() => offers('reject'));
  const mayConfer = computed(() => offers('confer'));
  const maySplit = computed(() => offers('split'));

  function offers(wanted: string): boolean {
    return Boolean(ticket.value?.offers.some(({ action, is_enabled }) => action === wanted && is_enabled));
  }

  /** The first one that has not given the ticket back; a unit that did is sent to only by a press of its own. */
  watch(cards, (found) => (at.value = found.findIndex(({ was_tried, ruled_out }) => !was_tried && !ruled_out)));
  watch(
    () => (ticket.value?.state === 'to_dispatch' ? ticket.value.number : null),
    (number) => (dispatch.open.value = number),
  );
  watch(
    () => ticket.value?.number,
    () => {
      helpers.value = [];
      box.value = null;
    },
  );

  function choose(index: number): void {
    if (cards.value[index]) at.value = index;
  }

  function sendChosen(): void {
    const card = cards.value[at.value];
    if (card && waits.value) void send({ unit_id: card.unit.id, reason: '', topic_id: card.topic_id });
  }

  /** A repeat comes back with a question: what is new. */
  async function send(to: To): Promise<void> {
    if (!ticket.value) return;
    if (isRepeat.value && !to.new_fact) return hold(to);
    const unit = catalogue.units.find(({ id }) => id === to.unit_id)?.short_name ?? '';
    const became = await dispatch.send(ticket.value, to, unit, helpers.value);
    if (became === 'needs_fact') hold(to);
    else if (became === 'sent') box.value = null;
  }

  function hold(to: To): void {
    held.value = to;
    box.value = 'newFact';
  }

  async function sendWithFact(new_fact: string): Promise<void> {
    if (held.value) await send({ ...held.value, new_fact });
  }

  function corrected(changed: TicketView): void {
    take(changed);
    void loadCards();
  }

  async function give(action: 'split' | 'confer', words: string): Promise<void> {
    if (ticket.value && (await perform(ticket.value, action, words))) await moveOn();
  }

  /** It has left the list, or come onto it. */
  async function moveOn(): Promise<void> {
    box.value = null;
    await dispatch.reload();
  }

  async function pileSent({ numbers, unit }: SentPile): Promise<void> {
    dispatch.noteSent(numbers, unit);
    await moveOn();
  }

  /** S: a child leaves its parent; what waits is made two tickets. */
  function askSplit(): void {
    ask(maySplit.value ? 'split' : 'divide');
  }

  function ask(wanted: DispatchBox): void {
    const act = OFFERED[wanted];
    if (wanted === 'pile' && waiting.value.length === 0) return;
    if (act ? offers(act) : waits.value) box.value = wanted;
  }

  function addHelper(helper: Helper): void {
    helpers.value = [...helpers.value.filter(({ unit_id }) => unit_id !== helper.unit_id), helper];
    box.value = null;
  }

  /** 告知结果，不再派: what the person was told before is the channel. */
  const ending = computed((): Values => {
    const earlier = around.value.repeats[0];
    if (!earlier) return {};
    const told = earlier.answered_at ? 'dispatch.toldChannel' : 'dispatch.toldNothing';
    return { reject_reason: 'repeat', channel: t(told, { number: inFours(earlier.number) }) };
  });

  return {
    cards,
    reason,
    around,
    rulings,
    waiting,
    at,
    box,
    helpers,
    fault,
    waits,
    gone,
    mayEnd,
    mayConfer,
    maySplit,
    ending,
    choose,
    sendChosen,
    send,
    sendWithFact,
    corrected,
    give,
    moveOn,
    pileSent,
    askSplit,
    ask,
    addHelper,
  };
}
