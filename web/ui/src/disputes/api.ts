import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';

export type Returned = components['schemas']['ReturnedView'];
export type Orphans = components['schemas']['OrphanView'];

export const readReturned = (from_on: string, until_on: string): Promise<Returned[]> =>
  http.get('/disputes/returned', { from_on, until_on });

export const readOrphans = (): Promise<Orphans[]> => http.get('/disputes/orphans');

export type Ruling = components['schemas']['RulingView'];

export const readLibrary = (query: Query): Promise<Ruling[]> => http.get('/rulings', query);

/** The ruling becomes the rule of its place, or of the whole city; the old line is retired. */
export const putIntoCatalogue = (id: number, whole_city: boolean): Promise<components['schemas']['LineMade']> =>
  http.post(`/rulings/${id}/catalogue`, { whole_city });
