// What the server says of tickets.
export const STATES = [
  'draft', 'registered', 'answered', 'rejected', 'transferred', 'to_dispatch', 'dispatched', 'return_review',
  'arbitration', 'in_progress', 'replied', 'to_callback', 'rework', 'parked', 'terminated', 'merged', 'withdrawn',
  'void', 'closed', 'archived',
] as const;
export type State = (typeof STATES)[number];

export const TICKET_TYPES = ['consult', 'help', 'complaint', 'report', 'suggestion', 'praise', 'other'] as const;
export type TicketType = (typeof TICKET_TYPES)[number];

export const URGENCIES = ['normal', 'urgent', 'critical'] as const;
export type Urgency = (typeof URGENCIES)[number];

export const SECRECIES = ['none', 'from_accused', 'sealed'] as const;
export type Secrecy = (typeof SECRECIES)[number];

/** States that a list is asked for; drafts and refused forms have lists of their own. */
export const LISTED_STATES = STATES.filter((state) => !['draft', 'void', 'withdrawn'].includes(state));

const OVER: readonly State[] = ['closed', 'archived', 'answered', 'rejected', 'terminated', 'withdrawn', 'void', 'transferred'];

/** Whether nobody owes the citizen anything any more. */
export function isOver(state: State): boolean {
  return OVER.includes(state);
}

export interface Flagged {
  readonly urgency: Urgency;
  readonly secrecy: Secrecy;
  readonly rework_no?: number;
  readonly urged_count?: number;
  readonly people_count?: number;
  readonly is_returned?: boolean;
  readonly is_ruled?: boolean;
  readonly is_auto_dispatched?: boolean;
  readonly needs_repair?: boolean;
}

export interface TicketRow extends Flagged {
  readonly number: string;
  readonly version: number;
  readonly state: State;
  readonly type: TicketType;
  readonly title: string;
  readonly place: string;
  readonly topic: string;
  readonly unit: string;
  readonly due_at: string | null;
  readonly registered_at: string;
}

export interface Clock {
  readonly due_at: string | null;
  readonly why: string;
  readonly missing_year: number | null;
  readonly is_stopped: boolean;
}

export interface HoldingSegment {
  readonly holder: string;
  readonly handler: string;
  readonly from_at: string;
  readonly ended_at: string | null;
  readonly end_action: string;
}

export interface ReplyView {
  readonly id: number;
  readonly unit: string;
  readonly replied_at: string;
  readonly result: string;
  readonly text: string;
  readonly internal_note: string;
  readonly measures: string;
  readonly finish_on: string | null;
  readonly contact: string;
  readonly contact_note: string;
  readonly handler: string;
  readonly signer: string;
  readonly audit_passed: boolean | null;
  readonly auditor_label: string;
  readonly audit_note: string;
}

export interface HistoryLine {
  readonly id: number;
  readonly at: string;
  readonly kind: string;
  readonly action: string;
  readonly actor: string;
  readonly reason: string;
  readonly from_state: State | null;
  readonly to_state: State | null;
  readonly is_internal: boolean;
}

export interface Offer {
  readonly action: string;
  readonly is_enabled: boolean;
  readonly reason: string | null;
}

export interface TicketView extends TicketRow {
  readonly text: string;
  readonly citizen_clock: Clock;
  readonly unit_clock: Clock;
  readonly holdings: readonly HoldingSegment[];
}

export interface Unit {
  readonly id: number;
  readonly name: string;
}

export interface Topic {
  readonly id: number;
  readonly name: string;
}

export interface ReplyBody {
  readonly result: string;
  readonly text: string;
  readonly internal_note: string;
  readonly basis: string;
  readonly measures: string;
  readonly finish_on: string | null;
  readonly contact: string;
  readonly contact_note: string;
  readonly handler: string;
  readonly signer: string;
}

export interface ReturnBody {
  readonly basis: 'catalogue' | 'duty_text' | 'ruling' | 'other';
  readonly basis_text: string;
  readonly proposed_unit_id: number | null;
  readonly explanation: string;
}
