// A half-written answer as fields of the form: from the server, from what was sent back, and of two people in one.
import type { BegunReply, ReplyBody, TicketView, WaitingReply } from '@/tickets/types';

export type ReplyDraft = { -readonly [Field in keyof ReplyBody]: string };

export function emptyReply(): ReplyDraft {
  return {
    result: '',
    text: '',
    internal_note: '',
    basis: '',
    measures: '',
    finish_on: '',
    contact: '',
    contact_note: '',
    handler: '',
    signer: '',
  };
}

/** Something is still to be done: what, and by which day, is asked for and told to the citizen. */
export const leavesRest = (result: string): boolean => result === 'partly' || result === 'needs_time';

/** What stands on the server, where empty fields are left out. */
export function filledIn(form: Readonly<Record<string, unknown>>): ReplyDraft {
  const filled = Object.entries(form).map(([field, value]) => [field, value ?? '']);
  return { ...emptyReply(), ...(Object.fromEntries(filled) as Partial<ReplyDraft>) };
}

/** A reply that was sent back for more: by which act, by whom and why. */
export interface SentBack extends Pick<WaitingReply, 'form' | 'sent_back_by' | 'sent_back_why'> {
  readonly act: 'send_reply_back' | 'fail_audit';
}

/** By a second person of the unit, or by the auditor; nobody writes an answer twice because a word of it was missing. */
export function sentBack({ waiting_reply, replies, unit }: TicketView): SentBack | null {
  if (waiting_reply) return { ...waiting_reply, act: 'send_reply_back' };
  const last = replies[0];
  if (last?.audit_passed !== false || last.unit.id !== unit?.id) return null;
  const fields = Object.keys(emptyReply()) as (keyof ReplyBody)[];
  const form = Object.fromEntries(fields.map((field) => [field, last[field]])) as unknown as ReplyBody;
  return { act: 'fail_audit', form, sent_back_by: last.auditor, sent_back_why: last.audit_note };
}

/** What was written before and sent back, to be written on. */
export const begunReply = (begun: SentBack | null): ReplyDraft => filledIn(begun?.form ?? {});

/** As the server takes an unfinished one. */
export function unfinished({ result, contact, finish_on, ...words }: ReplyDraft): BegunReply {
  return {
    ...words,
    result: (result || null) as BegunReply['result'],
    contact: (contact || null) as BegunReply['contact'],
    finish_on: finish_on || null,
  };
}

/** Texts in which the words of two people can stand one below the other. */
const WORDS = ['text', 'internal_note', 'basis', 'measures', 'contact_note'] as const;

/** 两段都留: one's own words first, the other's below; what only one has filled is taken from that one. */
export function both(mine: ReplyDraft, theirs: ReplyDraft): ReplyDraft {
  const made = { ...mine };
  for (const field of Object.keys(mine) as (keyof ReplyDraft)[]) if (!mine[field]) made[field] = theirs[field];
  for (const field of WORDS) made[field] = joined(mine[field], theirs[field]);
  return made;
}

function joined(mine: string, theirs: string): string {
  if (mine.includes(theirs)) return mine;
  return theirs.includes(mine) ? theirs : `${mine}\n${theirs}`;
}
