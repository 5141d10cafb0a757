import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';
import type { Page } from '@/shared/pagedList';
import type { TicketRow } from '@/tickets/types';

type LeadView = components['schemas']['LeadView'];

export type Trigger = LeadView['triggers'][number];
export type Lead = TicketRow & Omit<LeadView, 'ticket'>;
export type OversightHead = components['schemas']['OversightHeadView'];
export type PaperRow = components['schemas']['PaperRow'];
export type PaperList = components['schemas']['PaperList'];

export const readHead = (): Promise<OversightHead> => http.get('/oversight/head');

export async function readLeads(query: Query, signal: AbortSignal): Promise<Page<Lead>> {
  const page = await http.get<Page<LeadView>>('/oversight/leads', query, signal);
  return { ...page, rows: page.rows.map(({ ticket, ...row }) => ({ ...ticket, ...row })) };
}

export const readPapers = (query: Query): Promise<PaperList> => http.get('/oversight/papers', query);
