import type { components } from '@/api/schema';
import { http, newKey, queryString, type Query } from '@/shared/http';

export type UnitFigures = components['schemas']['UnitFiguresView'];
export type Score = components['schemas']['ScoreView'];
export type ScoreLine = components['schemas']['ScoreLine'];
export type ScoreRow = components['schemas']['ScoreRowView'];
export type ScoreRows = components['schemas']['ScoreRowsView'];
export type Objection = components['schemas']['ObjectionView'];
export type ObjectionRow = components['schemas']['ObjectionRow'];
export type ObjectionRows = components['schemas']['ObjectionRows'];

export const readUnitFigures = (query: Query): Promise<UnitFigures> => http.get('/unit/figures', query);

export const readScoreRows = (name: string, query: Query): Promise<ScoreRows> =>
  http.get(`/unit/figures/${name}/rows`, query);

export const objectTo = (name: string, query: Query, row_id: number, text: string): Promise<Objection> =>
  http.post(`/unit/figures/${name}/objections${queryString(query)}`, { row_id, text }, newKey());

export const readObjections = (query: Query, signal: AbortSignal): Promise<ObjectionRows> =>
  http.get('/objections', query, signal);

export const answerObjection = (id: number, is_upheld: boolean, answer: string): Promise<Objection> =>
  http.post(`/objections/${id}/answer`, { is_upheld, answer });
