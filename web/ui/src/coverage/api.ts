import type { components } from '@/api/schema';
import { http, newKey, queryString, type Query } from '@/shared/http';

type Schemas = components['schemas'];
export type CoverageView = Schemas['CoverageView'];
export type CoverageRow = Schemas['CoverageRow'];
export type CoverageRows = Schemas['CoverageRows'];
export type FlagView = Schemas['FlagView'];
export type AskedAbout = Schemas['AskedAbout'];
export type LossView = Schemas['LossView'];
export type Flag = Schemas['Flag'];
export type SampleView = Schemas['SampleView'];
export type DrawList = Schemas['DrawList'];
export type SampleRow = Schemas['SampleRow'];

export const ROWS_PATH = '/coverage/rows';
export const SAMPLE_PATH = '/coverage/sample';

export const readCoverage = (query: Query, signal: AbortSignal): Promise<CoverageView> =>
  http.get('/coverage', query, signal);

export const readFlags = (query: Query, signal: AbortSignal): Promise<Schemas['FlagList']> =>
  http.get('/coverage/flags', query, signal);

export const readRows = (query: Query, signal: AbortSignal): Promise<CoverageRows> =>
  http.get(ROWS_PATH, query, signal);

export const checkRow = (query: Query, flag: Flag, key: string, finding: string): Promise<Schemas['CheckView']> =>
  http.post(`/coverage/checks${queryString(query)}`, { flag, key, finding }, newKey());

export const readSample = (query: Query, signal: AbortSignal): Promise<SampleView> =>
  http.get(SAMPLE_PATH, query, signal);

/** Said in the ledger before its rows are shown; the same lot again is the first. */
export const announceDraw = (query: Query, seed: string, n: number): Promise<Schemas['DrawView']> =>
  http.post(`/coverage/draws${queryString(query)}`, { seed, n }, newKey());

/** Every draw that touches these days, with its agreement. */
export const readDraws = (query: Query, signal: AbortSignal): Promise<DrawList> =>
  http.get('/coverage/draws', query, signal);

export const keepReview = (
  seed: string,
  number: string,
  level: number | null,
  note: string,
): Promise<Schemas['ReviewView']> => http.post('/coverage/reviews', { seed, number, level, note }, newKey());
