// What the server says of calls, seats and drafts.
import type { TicketForm } from '@/calls/draftForm';
import type { components } from '@/api/schema';

type Schemas = components['schemas'];

export type SeatView = Schemas['SeatView'];
export type QueueView = Schemas['QueueView'];
export type CallRow = Schemas['CallView'];
export type CallPop = Schemas['Pop'];
export type PauseReason = Schemas['PauseReason'];
export type CallOutcome = Schemas['CallOutcome'];
export type VoidReason = Schemas['VoidReason'];
export type PlaceHit = Schemas['PlaceView'];
export type TopicSuggestion = Schemas['SuggestedTopic'];
export type Nearby = Schemas['SimilarView'];
export type UnitPromise = Schemas['PromiseView'];
export type Registered = Schemas['TicketCreated'];

/** A form that is being filled; `form` holds every field, also those that nobody touched. */
export type DraftView = Omit<Schemas['DraftView'], 'form'> & { form: TicketForm };

export interface OutcomeForm {
  readonly outcome: CallOutcome;
  readonly ticket_number?: string;
  readonly answer?: string;
  readonly article?: string;
  readonly reject_reason?: Schemas['RejectReason'];
  readonly channel_told?: string;
  readonly void_reason?: VoidReason;
}

/** In the order of the bar. */
export const OUTCOMES: readonly CallOutcome[] = [
  'ticket',
  'answered',
  'progress',
  'urge',
  'supplement',
  'transfer',
  'rejected',
  'void',
];
export const REJECT_REASONS: readonly Schemas['RejectReason'][] = [
  'litigation',
  'discipline',
  'reconsideration',
  'disclosure',
  'petition',
  'secret',
  'morals',
  'decided',
  'repeat',
];
export const VOID_REASONS: readonly VoidReason[] = ['silence', 'wrong_number', 'harassment'];
