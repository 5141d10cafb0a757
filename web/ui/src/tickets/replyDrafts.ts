// A half-written answer, kept for this log-in: sessionStorage, wiped at log-out.
import type { ReplyBody } from '@/tickets/types';

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

const keyOf = (number: string): string => `reply.${number}`;

export function keptReply(number: string): Partial<ReplyDraft> {
  return JSON.parse(sessionStorage.getItem(keyOf(number)) ?? '{}') as Partial<ReplyDraft>;
}

export function keepReply(number: string, draft: ReplyDraft | null): void {
  if (draft) sessionStorage.setItem(keyOf(number), JSON.stringify(draft));
  else sessionStorage.removeItem(keyOf(number));
}
