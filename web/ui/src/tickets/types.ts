// What the server says of tickets.
import type { components } from '@/api/schema';

type Schemas = components['schemas'];

export type State = Schemas['State'];
export type TicketType = Schemas['TicketType'];
export type Urgency = Schemas['Urgency'];
export type TerminationReason = Schemas['TerminationReason'];
export type Secrecy = Schemas['Secrecy'];
export type TicketRow = Schemas['TicketRow'];
export type Clock = Schemas['ClockView'];
export type HoldingSegment = Schemas['SegmentView'];
export type ReplyView = Schemas['web__ticket_views__ReplyView'];
export type Unit = Schemas['UnitView'];
export type Topic = Schemas['TopicView'];
export type Card = Schemas['web__dispatch__CardView'];
export type Alike = Schemas['SimilarView'];
export type Around = Schemas['AroundView'];
export type Ruling = Schemas['RulingView'];
export type CardsView = Schemas['CardsView'];
export type DispatchRowView = Schemas['DispatchRowView'];
export type DispatchHead = Schemas['DispatchHeadView'];
export type Chip = Schemas['Chip'];
export type BridgedCall = Schemas['BridgeView'];
export type Contacts = Schemas['ContactsView'];
export type SentRowView = Schemas['SentRowView'];
export type AutomaticHead = Schemas['AutomaticHeadView'];
/** 自动派单抽检差错率: of `n` checked `numerator` were wrong. */
export interface CheckFigure {
  readonly rate: number | null;
  readonly numerator: number;
  readonly n: number;
  readonly drawn: number;
  readonly sent: number;
  readonly wilson95: readonly number[] | null;
}
export type InboxRowView = Schemas['InboxRow'];
export type InboxHead = Schemas['InboxHeadView'];
/** 差评整改 lists repairs, the others tickets. */
export type InboxTab = Schemas['Tab'] | 'repair';
export type InboxFigure = 'to_sign' | 'due_today' | 'overdue';
export type Ratings = Schemas['TicketRatings'];
export type BadReason = Schemas['BadReason'];
export type Invitation = Schemas['InvitationView'];
export type Views = Schemas['ViewsView'];
export type CallbackAnswer = Schemas['CallbackAnswer'];
export type HistoryLine = Schemas['HistoryView'];
export type Trace = Schemas['TraceView'];
/** `grant_termination` is offered by the page where an end is asked for. */
export type Offer = Omit<Schemas['OfferView'], 'action'> & {
  readonly action: Action | 'grant_termination';
};
export type Action = Schemas['Action'];
export type Sharing = Schemas['SharingView'];
export type RequestView = Schemas['RequestView'];
export type EvidenceView = Schemas['EvidenceView'];
export type PartView = Schemas['PartView'];
export type BelowView = Schemas['BelowView'];
export type PaperView = Schemas['PaperView'];
export type ChildView = Schemas['ChildView'];
export type WaitingPaper = Schemas['WaitingPaper'];
export type OneOutcome = Schemas['OneOutcome'];
export type ReplyBody = Schemas['ReplyForm'];
export type BegunReply = Schemas['BegunReply'];
export type ReplyDraftView = Schemas['ReplyDraftView'];
export type ActDraftView = Schemas['ActDraftView'];
export type ReturnBody = Schemas['ReturnForm'];
export type Basis = Schemas['BasisView'];

/** A ticket as the page reads it: the row of the lists and what only the page shows, in one. */
export type TicketPart = Schemas['TextPartView'];
export type TopicGuide = Schemas['GuideView'];
export type Question = Required<Schemas['Question']>;
export type Point = Schemas['Point'];
export type WaitingReply = NonNullable<Schemas['TicketView']['waiting_reply']>;
export type SavedReply = Schemas['SavedReplyView'];
export type CitizensPage = Schemas['CitizenView'];
export type TicketView = Omit<Schemas['TicketView'], 'row'> & Omit<TicketRow, 'caller'>;

export function flat({ row, ...page }: Schemas['TicketView']): TicketView {
  return { ...row, ...page };
}

/** States that a list is asked for; drafts and discarded forms have lists of their own. */
export const LISTED_STATES: readonly State[] = [
  'registered',
  'to_dispatch',
  'dispatched',
  'in_progress',
  'return_review',
  'arbitration',
  'replied',
  'to_callback',
  'rework',
  'parked',
  'merged',
  'answered',
  'rejected',
  'transferred',
  'terminated',
  'closed',
  'archived',
];
export const QUESTION_KINDS: readonly Question['kind'][] = ['text', 'number', 'date', 'choice'];

export const TICKET_TYPES: readonly TicketType[] = [
  'consult',
  'help',
  'complaint',
  'report',
  'suggestion',
  'praise',
  'other',
];
export const URGENCIES: readonly Urgency[] = ['normal', 'urgent', 'critical'];
export const SECRECIES: readonly Secrecy[] = ['none', 'from_accused', 'sealed'];
export const REPLY_RESULTS: readonly ReplyBody['result'][] = [
  'solved',
  'partly',
  'needs_time',
  'no_policy',
  'untrue',
  'duplicate',
];
export const TOLD_BY: readonly Schemas['ToldBy'][] = ['call', 'sms', 'visit'];
/** The ladder of supervision, lowest step first. */
/** Who asks the citizen for what is missing, and who may take a matter back. */
export const ASKERS: readonly Schemas['CompletionBy'][] = ['agent', 'callback'];
export const SAYERS: readonly Schemas['SaidBy'][] = ['self', 'relative', 'representative'];
/** Why a matter is to be supervised. */
export const TRIGGERS = ['not_taken', 'overdue', 'unsolved', 'bad_effect', 'repeated'] as const;

export const PAPER_KINDS: readonly PaperView['kind'][] = [
  'urge_notice',
  'order',
  'circular',
  'interview',
  'listed',
  'discipline',
];
/** Why a matter ends without an answer; of the first ones below another house takes it, which has to be named. */
export const TAKEN_ELSEWHERE: readonly TerminationReason[] = [
  'litigation',
  'reconsideration',
  'petition',
  'discipline',
  'disclosure',
];
export const TERMINATION_REASONS: readonly TerminationReason[] = [
  'uncooperative',
  'unreachable',
  'repeat',
  'decided',
  ...TAKEN_ELSEWHERE,
  'secret',
  'morals',
];
export const RETURN_BASES: readonly ReturnBody['basis'][] = ['catalogue', 'ruling', 'duty_text', 'other'];

const OVER: readonly State[] = [
  'closed',
  'archived',
  'answered',
  'rejected',
  'terminated',
  'withdrawn',
  'void',
  'transferred',
];

/** Whether nobody owes the citizen anything any more. */
export function isOver(state: State): boolean {
  return OVER.includes(state);
}

/** Whether the citizen clock has stopped: answered, or nothing is owed. */
export function isAnswered(state: State): boolean {
  return state === 'to_callback' || isOver(state);
}

/** A waiting ticket with the classifier's word and whoever is at it, as one row. */
export type DispatchRow = TicketRow & Omit<DispatchRowView, 'ticket'>;
/** A ticket with what its citizen is to be asked, as one row. */
export type CompletionRow = TicketRow & Omit<Schemas['CompletionRow'], 'ticket'>;
export type CompletionList = Omit<Schemas['CompletionList'], 'rows'> & { readonly rows: readonly CompletionRow[] };
export type Decision = Schemas['DecisionKind'];
export const DECISIONS: readonly Decision[] = ['extension', 'parking', 'termination', 'conference'];
/** A ticket with what its unit asks a supervisor for, as one row. */
export type DecisionRow = TicketRow & Omit<Schemas['DecisionRow'], 'ticket'>;
/** A ticket as it stands with one dispatch of it, as one row. */
export type SentRow = TicketRow & Omit<SentRowView, 'ticket'>;
/** A ticket of the unit with its holding, as one row. */
export type InboxRow = TicketRow & Omit<InboxRowView, 'ticket'>;
/** 首次处置: the unit has signed, and nothing else has been heard of it. */
export const owesFirstStep = (row: InboxRow): boolean =>
  row.state === 'in_progress' && Boolean(row.first_due_at) && !row.task;

export const INBOX_FIGURES: readonly InboxFigure[] = ['to_sign', 'due_today', 'overdue'];
export const INBOX_TABS: readonly InboxTab[] = [
  'to_sign',
  'in_progress',
  'rework',
  'below',
  'helping',
  'requested',
  'repair',
  'promised',
  'to_audit',
  'replied',
  'done',
];
/** What a dispatcher corrects where the order stands. */
export type Corrected = 'topic' | 'urgency' | 'place';

/** The questions of the dispatch list. */
export type DispatchBox =
  | 'other'
  | 'help'
  | 'merge'
  | 'incident'
  | 'split'
  | 'divide'
  | 'sendBack'
  | 'topic'
  | 'urgency'
  | 'place'
  | 'pile'
  | 'newFact'
  | 'end'
  | 'confer';

export const CHIPS: readonly Chip[] = [
  'critical',
  'pressing',
  'returned',
  'similar',
  'uncertain',
  'no_place',
  'missing',
  'sealed',
];
