import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';
import type { Page } from '@/shared/pagedList';

type Schemas = components['schemas'];

export type Issue = Schemas['IssueView'];
export type Publication = Schemas['PublicationView'];
export type Month = Schemas['OpenMonthView'];
export type TypicalCase = Schemas['TypicalCaseView'];
export type CaseForm = Schemas['CaseForm'];

const ROWS = 50;

export const readMonth = (day: string | undefined, signal: AbortSignal): Promise<Month> =>
  http.get('/publications/preview', { day }, signal);
export const publishMonth = (first: string, note: string): Promise<Publication> =>
  http.post('/publications', { first, note });

export async function readCases(query: Query, signal: AbortSignal): Promise<Page<TypicalCase>> {
  const rows = await http.get<TypicalCase[]>('/typical-cases', { ...query, limit: ROWS }, signal);
  return { rows, next: rows.length === ROWS ? (rows.at(-1)?.id ?? null) : null };
}

export const publishCase = (form: CaseForm): Promise<TypicalCase> => http.post('/typical-cases', { form });
export const withdrawCase = (id: number, reason: string): Promise<TypicalCase> =>
  http.post(`/typical-cases/${id}/withdraw`, { reason });
