import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';
import type { Page } from '@/shared/pagedList';
import type { TicketRow } from '@/tickets/types';

type ClueView = components['schemas']['ClueView'];

export type Trigger = ClueView['triggers'][number];
export type Clue = TicketRow & Omit<ClueView, 'ticket'>;
export type OversightHead = components['schemas']['OversightHeadView'];
export type PaperRow = components['schemas']['PaperRow'];
export type PaperList = components['schemas']['PaperList'];

export const readHead = (): Promise<OversightHead> => http.get('/oversight/head');

export async function readClues(query: Query, signal: AbortSignal): Promise<Page<Clue>> {
  const page = await http.get<Page<ClueView>>('/oversight/clues', query, signal);
  return { ...page, rows: page.rows.map(({ ticket, ...row }) => ({ ...ticket, ...row })) };
}

export const readPapers = (query: Query, signal: AbortSignal): Promise<PaperList> =>
  http.get('/oversight/papers', query, signal);
