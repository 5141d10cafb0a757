import type { components } from '@/api/schema';
import { http, uploaded, type Query } from '@/shared/http';

export type Line = components['schemas']['LineView'];
export type LinesPage = components['schemas']['Page_LineView_'];
export type CatalogueImport = components['schemas']['ImportView'];
export type TopicCount = components['schemas']['TopicCount'];

export const readLines = (query: Query, signal?: AbortSignal): Promise<LinesPage> =>
  http.get('/catalogue/lines', query, signal);

export const readCounts = (): Promise<TopicCount[]> => http.get('/catalogue/counts');

export const readVersions = (lineId: number): Promise<Line[]> => http.get(`/catalogue/lines/${lineId}/versions`);

export const readImports = (): Promise<CatalogueImport[]> => http.get('/catalogue/imports');

export const importFile = (file: File): Promise<CatalogueImport> =>
  uploaded(`/catalogue/imports`, { name: file.name }, file);

export const refusedAddress = (importId: number): string => `/api/catalogue/imports/${importId}/refused`;
