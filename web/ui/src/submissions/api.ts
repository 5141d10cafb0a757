// Records for the provincial exchange: the list with its counts, one of them, the scores, and what people do.
import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';
import type { Page } from '@/shared/pagedList';

type Schemas = components['schemas'];

export type SubmissionRow = Schemas['SubmissionRow'];
export type Submission = Schemas['SubmissionView'];
export type Head = Schemas['SubmissionHeadView'];
export type Scores = Schemas['ScoresView'];
export type Score = Schemas['SubmissionScoreView'];
export type Missing = Schemas['MissingView'];
export type State = SubmissionRow['state'];
export type RecordKind = SubmissionRow['kind'];

export const STATES: readonly State[] = [
  'waiting',
  'unknown',
  'refused',
  'invalid',
  'given_up',
  'accepted',
  'set_aside',
];
/** A person has to do something about these. */
export const STUCK: readonly State[] = ['refused', 'invalid', 'given_up'];
export const KINDS: readonly RecordKind[] = [
  'accepted',
  'done',
  'ended',
  'rating',
  'correction',
  'agent',
  'general',
  'repair',
  'second',
];

export const readSubmissions = (query: Query, signal: AbortSignal): Promise<Page<SubmissionRow>> =>
  http.get('/submissions', query, signal);
export const readHead = (query: Query, signal: AbortSignal): Promise<Head> =>
  http.get('/submissions/head', query, signal);
export const readScores = (query: Query, signal: AbortSignal): Promise<Scores> =>
  http.get('/submissions/scores', query, signal);
export const readMissing = (query: Query, signal: AbortSignal): Promise<Missing[]> =>
  http.get('/submissions/missing', query, signal);
export const readSubmission = (number: string, signal: AbortSignal): Promise<Submission> =>
  http.get(`/submissions/${number}`, {}, signal);
export const actOn = (number: string, act: 'resend' | 'set-aside', note: string): Promise<Submission> =>
  http.post(`/submissions/${number}/${act}`, { note });
export const resendAll = (state: State, note: string): Promise<{ n: number }> =>
  http.post('/submissions/resend-all', { state, note });

export function toneOf(state: State): 'good' | 'soon' | 'late' | 'plain' {
  if (STUCK.includes(state)) return 'late';
  if (state === 'accepted') return 'good';
  return state === 'unknown' ? 'soon' : 'plain';
}
