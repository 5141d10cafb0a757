// Which number of the account is opened, as it stands in the address: standing:open, fate:not_by_sms:landline, flag:too_fast.
import type { Query } from '@/shared/http';

const KINDS = ['standing', 'stage', 'fate', 'flag'] as const;
export type PartKind = (typeof KINDS)[number];

export interface Part {
  readonly kind: PartKind;
  readonly value: string;
  readonly reason: string;
}

export function partOf(text: string | undefined): Part | null {
  const [first, value, reason = ''] = (text ?? '').split(':');
  const kind = KINDS.find((one) => one === first);
  return kind && value ? { kind, value, reason } : null;
}

export function partText(kind: PartKind, value: string, reason?: string | null): string {
  return [kind, value, ...(reason ? [reason] : [])].join(':');
}

export function queryOf({ kind, value, reason }: Part): Query {
  return { [kind]: value, ...(reason ? { reason } : {}) };
}
