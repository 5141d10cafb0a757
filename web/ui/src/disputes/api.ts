import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';
import type { Page } from '@/shared/pagedList';

export type Returned = components['schemas']['ReturnedView'];
export type TicketRow = components['schemas']['TicketRow'];
export type Orphans = components['schemas']['OrphanView'];

export const readReturned = (from_on: string, until_on: string): Promise<Returned[]> =>
  http.get('/disputes/returned', { from_on, until_on });

export const readTicketsReturned = (query: Query): Promise<TicketRow[]> =>
  http.get('/disputes/returned/tickets', query);

export const readTicketsOrphaned = (query: Query): Promise<TicketRow[]> => http.get('/disputes/orphans/tickets', query);

export const readOrphans = (): Promise<Orphans[]> => http.get('/disputes/orphans');

export type Ruling = components['schemas']['RulingView'];

const RULINGS = 25;

export async function readLibrary(query: Query, signal: AbortSignal): Promise<Page<Ruling>> {
  const rows = await http.get<Ruling[]>('/rulings', { ...query, limit: RULINGS }, signal);
  return { rows, next: rows.length === RULINGS ? (rows.at(-1)?.id ?? null) : null };
}

/** The ruling becomes the rule of its place, or of the whole city; the old line is retired. */
export const putIntoCatalogue = (id: number, whole_city: boolean): Promise<components['schemas']['LineRuled']> =>
  http.post(`/rulings/${id}/catalogue`, { whole_city });
