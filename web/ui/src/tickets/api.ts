import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';
import type { Count, Page } from '@/shared/pagedList';
import { bodyOf, pathOf, type Values } from '@/tickets/actFields';
import {
  type ActDraftView,
  type Around,
  type AutomaticHead,
  type Basis,
  type BegunReply,
  type BridgedCall,
  type CallbackAnswer,
  type CardsView,
  type CheckFigure,
  type CitizensPage,
  type CompletionList,
  type Contacts,
  type DecisionRow,
  type DispatchHead,
  type DispatchRow,
  type DispatchRowView,
  type HistoryLine,
  type InboxHead,
  type InboxRow,
  type InboxRowView,
  type Invitation,
  type OneOutcome,
  type Ratings,
  type ReplyBody,
  type ReplyDraftView,
  type ReturnBody,
  type Ruling,
  type SavedReply,
  type SentRow,
  type SentRowView,
  type TicketRow,
  type TicketView,
  type Topic,
  type Question,
  type TopicGuide,
  type Trace,
  type Unit,
  type Views,
  type WaitingPaper,
  flat,
} from '@/tickets/types';

type Schemas = components['schemas'];
type Wire = Schemas['TicketView'];
type Versioned = Pick<TicketRow, 'number' | 'version'>;

const of = (number: string): string => `/tickets/${number}`;

export const readTickets = (query: Query, signal: AbortSignal): Promise<Page<TicketRow>> =>
  http.get('/tickets', query, signal);

/** How many tickets a list would show. */
export const countTickets = async (query: Query): Promise<number> =>
  (await http.get<{ count: Count }>('/tickets', { ...query, limit: 1 })).count.n;

export const check = async (ticket: Pick<TicketRow, 'number'>, is_right: boolean): Promise<TicketView> =>
  flat(await http.post<Wire>(`${of(ticket.number)}/check`, { is_right }));

/** Whether and how the citizen can be called, and who has called before. */
export const readContacts = (number: string): Promise<Contacts> => http.get(`${of(number)}/calls`);

/** 致电: one's own telephone first, then the citizen's. */
export const callCitizen = (number: string, own_phone: string): Promise<BridgedCall> =>
  http.post(`${of(number)}/calls`, { own_phone });

export const readViews = (number: string): Promise<Views> => http.get(`${of(number)}/views`);

export const readTicket = async (number: string): Promise<TicketView> => flat(await http.get<Wire>(of(number)));

export const readHistory = (number: string): Promise<HistoryLine[]> => http.get(`${of(number)}/history`);

export const readTraces = (number: string): Promise<Trace[]> => http.get(`${of(number)}/traces`);

/** Take out for good what the citizen wrote; gives of how many ratings. */
export const eraseWords = async (number: string, reason: string): Promise<number> =>
  (await http.post<Schemas['Erased']>(`${of(number)}/ratings/erase-words`, { reason })).n;

export const readRatings = (number: string): Promise<Ratings> => http.get(`${of(number)}/ratings`);

/** Tickets whose citizens no SMS could ask how it went, the longest waiting first; at most a hundred. */
export const readOwed = async (signal?: AbortSignal): Promise<TicketRow[]> => {
  const { rows } = await http.get<Schemas['OwedList']>('/invitations/owed', {}, signal);
  // A ticket may be asked about twice: how it was handled, and how the agent was.
  return [...new Map(rows.map(({ ticket }) => [ticket.number, ticket])).values()];
};

/** Write down what the citizen said on the phone. */
export const answerForCitizen = (invitationId: number, answer: CallbackAnswer): Promise<Invitation> =>
  http.post(`/invitations/${invitationId}/answer`, answer);

/** Write down a call to the citizen that brought no answer. */
export const noteAttempt = (invitationId: number, attempt: Schemas['Attempt']): Promise<Invitation> =>
  http.post(`/invitations/${invitationId}/attempts`, attempt);

export const revealCaller = async (number: string, purpose: string): Promise<Schemas['CallerView']> =>
  (await http.post<Schemas['Revealed']>(`${of(number)}/reveal`, { purpose })).caller;

/** The words as they were said. */
export async function revealText(number: string, purpose: string): Promise<string> {
  const { text, points } = await http.post<Schemas['Revealed']>(`${of(number)}/reveal`, { purpose });
  return [text, ...points.map(({ name, value }) => `${name}：${value}`)].join('\n');
}

/** 可外传版: place and words that tell nobody who called. */
export async function shareable(number: string, purpose: string): Promise<string> {
  const given = await http.post<Schemas['ShareableView']>(`${of(number)}/shareable`, { purpose });
  return given.place ? `${given.place}：${given.text}` : given.text;
}

/** Hide characters of the text in the 承办版, or show them again; offsets in the words as they were said. */
export const redact = (ticket: Versioned, begins: number, ends: number, is_hidden: boolean): Promise<TicketView> =>
  post(ticket, 'redact', { begins, ends, is_hidden, version: ticket.version });

export const readGuide = (topicId: number): Promise<TopicGuide> => http.get(`/topics/${topicId}/guide`);

export const writeGuide = (topicId: number, questions: readonly Question[], script: string): Promise<TopicGuide> =>
  http.put(`/topics/${topicId}/guide`, { questions, script });

export const readSavedReplies = (): Promise<SavedReply[]> => http.get('/saved-replies');

export const keepReplyWords = (words: Schemas['SavedReplyBody']): Promise<SavedReply> =>
  http.post('/saved-replies', words);

export const forgetSavedReply = (id: number): Promise<void> => http.delete(`/saved-replies/${id}`);

export const readCitizensPage = (number: string): Promise<CitizensPage> => http.get(`${of(number)}/citizen`);

async function post(ticket: Pick<TicketRow, 'number'>, act: string, body: object): Promise<TicketView> {
  return flat(await http.post<Wire>(`${of(ticket.number)}/${act}`, body));
}

/** Acts that carry words, and the name under which the server takes them. */
const WORDS: Readonly<Record<string, string>> = {
  note: 'text',
  supplement: 'text',
  urge: 'text',
};

/** Do an act that needs no more than a reason. */
export const act = (ticket: Pick<TicketRow, 'number'>, action: string, reason: string): Promise<TicketView> =>
  post(ticket, action.replaceAll('_', '-'), { [WORDS[action] ?? 'reason']: reason });

/** Acts with fields of their own: requests, helpers, units below, papers, and the ways beside the ordinary one. */
export const fill = (ticket: Versioned, action: string, values: Values): Promise<TicketView> =>
  post(ticket, pathOf(action), bodyOf(action, values, ticket.version));

/** 拆成两单: the number of the second ticket; spans are places in the words as they were said. */
export const divide = async (
  { number, version }: Versioned,
  second: { readonly title: string; readonly spans: readonly (readonly [number, number])[] },
): Promise<string> => (await http.post<Schemas['Divided']>(`${of(number)}/divide`, { ...second, version })).number;

/** What merging would refuse; nothing is changed. */
export const previewMerge = (parent: string, numbers: readonly string[]): Promise<OneOutcome[]> =>
  http.post(`${of(parent)}/children/preview`, { numbers });

export const merge = (parent: string, numbers: readonly string[], reason: string): Promise<OneOutcome[]> =>
  http.post(`${of(parent)}/children`, { numbers, reason });

/** Exactly what the citizen is told. */
/** 同一事项 and the same person's earlier tickets. */
export const readAround = (number: string): Promise<Around> => http.get(`${of(number)}/similar`);

/** What was ruled on such matters before. */
export const readBases = (number: string, q: string): Promise<Basis[]> => http.get(`${of(number)}/bases`, { q });
export const readRulings = (number: string): Promise<Ruling[]> => http.get(`${of(number)}/rulings`);

export interface PileDispatch {
  readonly numbers: readonly string[];
  readonly unit_id: number;
  readonly reason: string;
}

export const previewPile = (pile: PileDispatch): Promise<OneOutcome[]> =>
  http.post('/dispatch-list/pile/preview', pile);

export const sendPile = (pile: PileDispatch): Promise<OneOutcome[]> => http.post('/dispatch-list/pile', pile);

export const sign = ({ number, version }: Versioned, handler: string): Promise<TicketView> =>
  post({ number }, 'sign', { handler, version });

/** To the hotline, or first to a second person of the unit. */
export const reply = (
  { number, version }: Versioned,
  form: ReplyBody,
  action: 'reply' | 'submit_reply',
): Promise<TicketView> => post({ number }, pathOf(action), { form, version });

/** What one's unit has typed of its reply. */
export const readReplyDraft = (number: string): Promise<ReplyDraftView> => http.get(`${of(number)}/reply-draft`);

export const saveReplyDraft = (number: string, form: BegunReply, version: number): Promise<ReplyDraftView> =>
  http.put(`${of(number)}/reply-draft`, { form, version });

export const readActDraft = (number: string, action: string): Promise<ActDraftView> =>
  http.get(`${of(number)}/act-drafts/${action}`);

export const saveActDraft = (number: string, action: string, form: Values): Promise<ActDraftView> =>
  http.put(`${of(number)}/act-drafts/${action}`, { form });

export const giveBack = ({ number, version }: Versioned, form: ReturnBody): Promise<TicketView> =>
  post({ number }, 'return', { form, version });

export const audit = ({ number, version }: Versioned, passed: boolean, note: string): Promise<TicketView> =>
  post({ number }, 'audit', { passed, note, version });

export const dispatch = (
  { number, version }: Versioned,
  to: { readonly unit_id: number; readonly topic_id?: number; readonly reason: string; readonly new_fact?: string },
): Promise<TicketView> => post({ number }, 'dispatch', { ...to, version });

export const rule = (
  ticket: Versioned,
  body: { unit_id: number; reason: string; new_fact: string },
): Promise<TicketView> => post(ticket, 'rule', body);

export const correct = async ({ number, version }: Versioned, change: object): Promise<TicketView> =>
  flat(await http.patch<Wire>(of(number), { ...change, version }));

/** 回避: without a staff number whoever asks steps aside. */
export const recuse = (number: string, reason: string, staff_number = ''): Promise<unknown> =>
  http.post(`${of(number)}/recuse`, { reason, staff_number });

export const readUnits = (): Promise<Unit[]> => http.get('/units');

export const readTopics = (): Promise<Topic[]> => http.get('/topics');

export async function readDispatchList(query: Query, signal: AbortSignal): Promise<Page<DispatchRow>> {
  const page = await http.get<Page<DispatchRowView>>('/dispatch-list', query, signal);
  return { ...page, rows: page.rows.map(({ ticket, ...row }) => ({ ...ticket, ...row })) };
}

/** 待补正: what is to be asked of citizens, one's own tickets first; `own` of all are one's own. */
export async function readCompletions(query: Query, signal?: AbortSignal): Promise<CompletionList> {
  const page = await http.get<Schemas['CompletionList']>('/completions', query, signal);
  return { ...page, rows: page.rows.map(({ ticket, ...row }) => ({ ...ticket, ...row })) };
}

/** 待我裁定: what a supervisor is to decide, and how many of each wait. */
export async function readDecisions(query: Query, signal: AbortSignal): Promise<Page<DecisionRow>> {
  const page = await http.get<Page<Schemas['DecisionRow']>>('/decisions', query, signal);
  return { ...page, rows: page.rows.map(({ ticket, ...row }) => ({ ...ticket, ...row })) };
}

export const readDecisionsHead = async (signal: AbortSignal): Promise<Schemas['DecisionsHead']['counts']> =>
  (await http.get<Schemas['DecisionsHead']>('/decisions/head', {}, signal)).counts;

export const readDispatchHead = (): Promise<DispatchHead> => http.get('/dispatch-list/head');

/** 我已派 or 自动派出, the newest first. */
export async function readSent(what: 'sent' | 'automatic', query: Query, signal: AbortSignal): Promise<Page<SentRow>> {
  const page = await http.get<Page<SentRowView>>(`/dispatch-list/${what}`, query, signal);
  return { ...page, rows: page.rows.map(({ ticket, ...row }) => ({ ...ticket, ...row })) };
}

export const readAutomaticHead = (): Promise<AutomaticHead> => http.get('/dispatch-list/automatic/head');

/** 自动派单抽检差错率 of this statistical month. */
export const readCheckFigure = async (): Promise<CheckFigure> =>
  (await http.get<{ readonly figure: CheckFigure }>('/indicators/auto_dispatch_error')).figure;

/** 撤回: after ten seconds with a reason; what is refused is named. */
export const recall = (numbers: readonly string[], reason: string): Promise<OneOutcome[]> =>
  http.post('/dispatch-list/recall', { numbers, reason });

export const readCards = (number: string): Promise<CardsView> => http.get(`/dispatch-list/${number}`);

export const takeNext = async (): Promise<TicketRow | null> =>
  (await http.post<Schemas['Next']>('/dispatch-list/next')).ticket;

export const claim = (number: string): Promise<Schemas['ClaimView']> => http.post(`/dispatch-list/${number}/claim`);

export async function readInbox(query: Query, signal: AbortSignal): Promise<Page<InboxRow>> {
  const page = await http.get<Page<InboxRowView>>('/unit/inbox', query, signal);
  return { ...page, rows: page.rows.map(({ ticket, ...row }) => ({ ...ticket, ...row })) };
}

export const readInboxHead = (with_below: boolean): Promise<InboxHead> => http.get('/unit/inbox/head', { with_below });

export const readWaitingPapers = (): Promise<WaitingPaper[]> => http.get('/unit/inbox/papers');
