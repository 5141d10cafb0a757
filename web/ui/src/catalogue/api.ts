import type { components } from '@/api/schema';
import { http, uploaded, type Query } from '@/shared/http';

export type Line = components['schemas']['LineView'];
export type LinesPage = components['schemas']['Page_LineView_'];
export type CatalogueImport = components['schemas']['ImportView'];
export type LineForm = components['schemas']['LineForm'];
export type TopicCount = components['schemas']['TopicCount'];

export const readLines = (query: Query, signal?: AbortSignal): Promise<LinesPage> =>
  http.get('/catalogue/lines', query, signal);

export const readCounts = (): Promise<TopicCount[]> => http.get('/catalogue/counts');

export const readVersions = (lineId: number): Promise<Line[]> => http.get(`/catalogue/lines/${lineId}/versions`);

/** The next version of a line; `version` is the newest that was seen, 0 where there was none. */
export const writeLine = (form: LineForm, version: number): Promise<components['schemas']['LineMade']> =>
  http.post('/catalogue/lines', { form, version });

/** The newest line of exactly this topic and place. */
export async function readNewest(topic_id: number, place_id: number | null): Promise<Line | null> {
  const { rows } = await readLines({ topic_id, limit: 200 });
  return rows.filter((line) => line.place_id === place_id).toSorted((a, b) => b.version - a.version)[0] ?? null;
}

export const readImports = (): Promise<CatalogueImport[]> => http.get('/catalogue/imports');

export const importFile = (file: File): Promise<CatalogueImport> =>
  uploaded(`/catalogue/imports`, { name: file.name }, file);

export type LegalBasis = components['schemas']['LegalBasisView'];
export type LegalBasisForm = components['schemas']['LegalBasisForm'];

export const readLegalBases = (q: string, signal: AbortSignal): Promise<LegalBasis[]> =>
  http.get('/legal-bases', { q }, signal);

/** `replaces`: the entry that ends with it. */
export const writeLegalBasis = (form: LegalBasisForm, replaces: number | null): Promise<LegalBasis> =>
  http.post('/legal-bases', { form, replaces });

export const retireLegalBasis = (id: number): Promise<LegalBasis> => http.post(`/legal-bases/${id}/retire`);

export const refusedAddress = (importId: number): string => `/api/catalogue/imports/${importId}/refused`;
