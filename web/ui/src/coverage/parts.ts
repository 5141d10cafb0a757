// Which number of the account is opened, as it stands in the address: standing:open, fate:not_by_sms:landline,
// stage:owed::direct, flag:too_fast.
import type { Query } from '@/shared/http';

const KINDS = ['standing', 'stage', 'fate', 'flag'] as const;
export type PartKind = (typeof KINDS)[number];

export interface Part {
  readonly kind: PartKind;
  readonly value: string;
  readonly reason: string;
  /** of stages and fates: what units closed, or what was answered at once */
  readonly subject: string;
}

export function partOf(text: string | undefined): Part | null {
  const [first, value, reason = '', subject = ''] = (text ?? '').split(':');
  const kind = KINDS.find((one) => one === first);
  return kind && value ? { kind, value, reason, subject } : null;
}

export function partText(kind: PartKind, value: string, reason?: string | null, subject?: string): string {
  return [kind, value, ...(reason || subject ? [reason ?? ''] : []), ...(subject ? [subject] : [])].join(':');
}

export function queryOf({ kind, value, reason, subject }: Part): Query {
  return { [kind]: value, ...(reason ? { reason } : {}), ...(subject ? { subject } : {}) };
}
