// Between which days a date of an act lies, and what it is preset to.
import { isoDay, localMoment } from '@/shared/times';
import type { Values } from '@/tickets/actFields';
import type { TicketView } from '@/tickets/types';

const DAY = 86_400_000;
const MINUTE = 60_000;
/** Of the time that is left, for a unit below. */
const INNER_SHARE = 0.6;

export interface Limits {
  readonly first: string;
  readonly last: string | null;
}

/** A limit that ends with the day is stored as the next 00:00. */
export const lastDayBefore = (due: string): string => isoDay(new Date(due).getTime() - 1);

function dayAfter(day: string): string {
  return isoDay(new Date(`${day}T12:00:00+08:00`).getTime() + DAY);
}

/** First and last day that may be picked, both inclusive. */
export function limitsOf(name: string, ticket: TicketView, now: number): Limits {
  const due = ticket.unit_clock?.due_at ?? null;
  if (name === 'until_on' && due) {
    const last = ticket.sharing.extension_latest;
    const present = lastDayBefore(due);
    return { first: last === present ? present : dayAfter(present), last };
  }
  if (name === 'said_at') return { first: isoDay(new Date(ticket.registered_at).getTime()), last: isoDay(now) };
  if (name === 'due_at') return { first: isoDay(now), last: isToCome(due, now) ? lastDayBefore(due) : null };
  return { first: name === 'review_on' ? dayAfter(isoDay(now)) : isoDay(now), last: null };
}

/** An overdue ticket may still be sent down; then its own limit says nothing. */
function isToCome(due: string | null | undefined, now: number): due is string {
  return !!due && new Date(due).getTime() > now;
}

/** What most people would choose. */
const USUAL: Readonly<Record<string, Values>> = {
  send_back: { asks: 'agent' },
  complete: { outcome: 'done' },
  withdraw: { said_by: 'self' },
  withdraw_part: { said_by: 'self' },
};

/** An end is mostly granted for the reason that it was asked for. */
function asAsked({ sharing }: TicketView): Values {
  const asked = sharing.requests.find(({ state }) => state === 'pending');
  return { termination_reason: asked?.termination_reason ?? '', channel: asked?.channel ?? '' };
}

/** What stands in the form before anybody has typed. */
export function presetOf(action: string, ticket: TicketView, now: number): Values {
  const due = ticket.unit_clock?.due_at;
  if (action === 'excuse_part') {
    const [only, ...others] = ticket.sharing.parts.filter(({ state }) => state === 'open');
    return only && others.length === 0 ? { unit_id: String(only.unit_id) } : {};
  }
  if (action === 'grant_termination') return asAsked(ticket);
  if (action !== 'send_down') return USUAL[action] ?? {};
  const share = isToCome(due, now) ? (new Date(due).getTime() - now) * INNER_SHARE : DAY;
  return { due_at: localMoment(Math.round((now + share) / MINUTE) * MINUTE) };
}
