import type { components } from '@/api/schema';
import { emptyForm } from '@/calls/draftForm';
import type {
  CallPop,
  CallRow,
  DraftView,
  Nearby,
  OutcomeForm,
  PauseReason,
  PlaceHit,
  Registered,
  SeatView,
  UnitPromise,
  VoidReason,
} from '@/calls/types';
import { http, type Query } from '@/shared/http';

type Schemas = components['schemas'];
export type Verb = 'answer' | 'hang-up' | 'hold' | 'resume';

export const readSeats = async (): Promise<SeatView[]> => (await http.get<Schemas['SeatList']>('/seats')).rows;
export const takeSeat = (number: string): Promise<SeatView> => http.post('/seat/login', { number });
export const makeReady = (): Promise<SeatView> => http.post('/seat/ready');
export const pause = (reason: PauseReason): Promise<SeatView> => http.post('/seat/pause', { reason });
export const extendWrapUp = (reason: string): Promise<SeatView> => http.post('/seat/wrap-up/extend', { reason });
export const leaveSeat = (): Promise<SeatView> => http.post('/seat/logout');

/** Ask the exchange; the seat's next news show whether it happened. */
export const steer = (callId: number, verb: Verb): Promise<unknown> => http.post(`/calls/${callId}/${verb}`);

export const readPop = (callId: number): Promise<CallPop> => http.get(`/calls/${callId}/pop`);
export const readCallsWithoutOutcome = async (): Promise<CallRow[]> =>
  (await http.get<Schemas['CallList']>('/calls/without-outcome')).rows;
/** How many calls somebody has answered since then. */
export const countAnswered = async (person_id: number, since: string): Promise<number> =>
  (await http.get<Schemas['Page_CallView_']>('/calls', { person_id, since, result: 'answered', limit: 1 })).count.n;
export const recordOutcome = (callId: number, form: OutcomeForm): Promise<Schemas['OutcomeView']> =>
  http.put(`/calls/${callId}/outcome`, form);
export const recordingUrl = (callId: number): string => `/api/calls/${callId}/recording`;

function filled(draft: Schemas['DraftView']): DraftView {
  return { ...draft, form: { ...emptyForm(), ...draft.form } };
}

/** One's own unfinished forms. */
export const readDrafts = async (): Promise<DraftView[]> =>
  (await http.get<Schemas['DraftView'][]>('/drafts')).map(filled);
/** A form for a call (its first one is found again), or for a matter that did not come by phone. */
export const openDraft = async (call_id: number | null): Promise<DraftView> =>
  filled(await http.post<Schemas['DraftView']>('/drafts', { call_id }));
export const addMatter = async (draftId: number): Promise<DraftView> =>
  filled(await http.post<Schemas['DraftView']>(`/drafts/${draftId}/matters`));
export const saveDraft = async ({ id, form, version }: DraftView): Promise<DraftView> =>
  filled(await http.put<Schemas['DraftView']>(`/drafts/${id}`, { form, version }));
/** With a parent: one more caller of a matter that is known already. */
export const registerDraft = (
  { id, form, version }: DraftView,
  key: string,
  parent: string | null,
): Promise<Registered> =>
  http.post(`/drafts/${id}/register`, { form, version, ...(parent && { destination: 'join', parent }) }, key);
export const discardDraft = (id: number, reason: VoidReason): Promise<unknown> =>
  http.post(`/drafts/${id}/discard`, { reason });

/** Open tickets like the one that is being typed, the most alike first. */
export const readNearby = (typed: Schemas['Typed']): Promise<Nearby[]> => http.post('/desk/similar', typed);

export const readPlaces = (text: string): Promise<PlaceHit[]> => http.get('/places', { text });
export const readTopicSuggestions = (
  text: string,
  place: string,
  signal: AbortSignal,
): Promise<Schemas['SuggestedTopics']> => http.get('/suggestions/topics', { text, place }, signal);
export const readPromise = (query: Query): Promise<UnitPromise> => http.get('/suggestions/promise', query);
