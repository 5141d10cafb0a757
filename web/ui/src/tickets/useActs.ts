// What can be done to a ticket from its page: which acts need a form, which a reason, and doing them.
import { ref } from 'vue';
import { t } from '@/i18n';
import { useSession } from '@/session/store';
import { Problem } from '@/shared/http';
import { sentence, useNotices } from '@/shared/notices';
import * as api from '@/tickets/api';
import { useCatalogue } from '@/tickets/catalogue';
import { FIELDS, type Values } from '@/tickets/actFields';
import type { Offer, ReplyBody, ReturnBody, TicketView } from '@/tickets/types';
import { unitsBelow } from '@/tickets/units';

/** Acts with a form of their own, shown inside the story. */
const FORMS = new Set([
  ...Object.keys(FIELDS),
  'sign',
  'reply',
  'submit_reply',
  'return',
  'dispatch',
  'rule',
  'pass_audit',
  'fail_audit',
  'close',
  'merge',
  'correct',
]);
/** Acts that the page can do with no more than a reason; the others have their own place or no back end yet. */
const REASONED = new Set([
  'note',
  'supplement',
  'urge',
  'rework',
  'recall',
  'approve_return',
  'refuse_return',
  'confer',
  'reopen',
  'object',
  'resume',
  'split',
]);
const PLAIN = new Set(['list']);

const isKnown = (action: string): boolean => FORMS.has(action) || REASONED.has(action) || PLAIN.has(action);

/** The name of an act on this ticket: what is granted or refused is named. */
export function actName(ticket: TicketView, action: string): string {
  const asked = ticket.sharing.requests.find(({ state }) => state === 'pending');
  if (!asked || !['extend', 'grant_termination', 'refuse_request'].includes(action)) return t(`code.action.${action}`);
  return t(`act.decide.${action}`, { kind: t(`code.requestKind.${asked.kind}`) });
}

/** An end is granted with its reason. */
function granting(offer: Offer, ticket: TicketView): Offer {
  const isEnd = ticket.sharing.requests.some(({ kind, state }) => kind === 'termination' && state === 'pending');
  return isEnd ? { ...offer, action: 'grant_termination' } : offer;
}

export function useActs() {
  const notices = useNotices();
  const session = useSession();
  const catalogue = useCatalogue();
  void catalogue.load();
  const fault = ref('');

  /** What this page can do of what the server offers, what cannot be done now last; who has no unit below sends nothing down. */
  function offered(ticket: TicketView): Offer[] {
    const hasUnits = unitsBelow(catalogue.units, session.person?.unit_id).length > 0;
    const offers = ticket.offers.filter(({ action }) => isKnown(action) && (action !== 'send_down' || hasUnits));
    const named = offers.map((offer) => (offer.action === 'extend' ? granting(offer, ticket) : offer));
    return named.toSorted((a, b) => Number(b.is_enabled) - Number(a.is_enabled));
  }

  /** `ticket` as it was before, which names what was granted or refused. */
  function tell(ticket: TicketView, action: string): void {
    notices.tell(t('ticket.done', { act: actName(ticket, action) }), 'good');
  }

  /** Do a simple act; a refusal is told and answers false. */
  async function perform(ticket: TicketView, action: string, reason: string): Promise<TicketView | null> {
    fault.value = '';
    try {
      const changed = await api.act(ticket, action, reason);
      tell(ticket, action);
      return changed;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      fault.value = error.fields['reason'] ?? sentence(error);
      if (!REASONED.has(action)) notices.refuse(error);
      return null;
    }
  }

  async function told(ticket: TicketView, action: string, act: Promise<TicketView>): Promise<TicketView> {
    const changed = await act;
    tell(ticket, action);
    return changed;
  }

  return {
    fault,
    perform,
    hasForm: (action: string) => FORMS.has(action),
    needsReason: (action: string) => REASONED.has(action),
    offered,
    sign: (ticket: TicketView, handler: string) => told(ticket, 'sign', api.sign(ticket, handler)),
    reply: (ticket: TicketView, body: ReplyBody, action: 'reply' | 'submit_reply') =>
      told(ticket, action, api.reply(ticket, body, action)),
    giveBack: (ticket: TicketView, body: ReturnBody) => told(ticket, 'return', api.giveBack(ticket, body)),
    dispatch: (ticket: TicketView, unit_id: number, reason: string, new_fact: string) =>
      told(ticket, 'dispatch', api.dispatch(ticket, { unit_id, reason, new_fact })),
    rule: (ticket: TicketView, unit_id: number, reason: string, new_fact = '') =>
      told(ticket, 'rule', api.rule(ticket, { unit_id, reason, new_fact })),
    audit: (ticket: TicketView, passes: boolean, note: string) =>
      told(ticket, passes ? 'pass_audit' : 'fail_audit', api.audit(ticket, passes, note)),
    correct: (ticket: TicketView, change: object) => told(ticket, 'correct', api.correct(ticket, change)),
    fill: (ticket: TicketView, action: string, values: Values) =>
      told(ticket, action, api.fill(ticket, action, values)),
    callBack: (ticket: TicketView, isSolved: boolean, note: string) => {
      const action = isSolved ? 'close' : 'rework';
      return told(ticket, action, api.act(ticket, action, note));
    },
  };
}
