// A half-written answer, kept for this log-in: sessionStorage, wiped at log-out.
import type { ReplyBody, WaitingReply } from '@/tickets/types';

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

/** What was written before and sent back, as fields to be written on. */
export function begunReply(begun: WaitingReply | null): Partial<ReplyDraft> {
  if (!begun) return {};
  const filled = Object.entries(begun.form).map(([field, value]) => [field, value ?? '']);
  return Object.fromEntries(filled) as Partial<ReplyDraft>;
}

const keyOf = (number: string): string => `reply.${number}`;

export function keptReply(number: string): Partial<ReplyDraft> {
  return JSON.parse(sessionStorage.getItem(keyOf(number)) ?? '{}') as Partial<ReplyDraft>;
}

export function keepReply(number: string, draft: ReplyDraft | null): void {
  if (draft) sessionStorage.setItem(keyOf(number), JSON.stringify(draft));
  else sessionStorage.removeItem(keyOf(number));
}
