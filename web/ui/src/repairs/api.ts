// Repairs: lists with their lanes, one of them, and what is done to it.
import type { Lane, RepairRow, RepairView } from '@/repairs/types';
import { http, type Query } from '@/shared/http';
import type { Page } from '@/shared/pagedList';

export const readRepairs = (query: Query, signal: AbortSignal): Promise<Page<RepairRow>> =>
  http.get('/repairs', query, signal);

export async function readLanes(query: Query): Promise<Record<Lane, number>> {
  return (await http.get<{ lanes: Record<Lane, number> }>('/repairs/head', query)).lanes;
}

export const readRepair = (number: string): Promise<RepairView> => http.get(`/repairs/${number}`);

export const readRepairsOf = (ticket: string): Promise<RepairRow[]> => http.get(`/tickets/${ticket}/repairs`);

export const actOn = (repair: RepairView, path: string, form: object | null): Promise<RepairView> =>
  http.post(`/repairs/${repair.number}/${path}`, { ...(form && { form }), version: repair.version });
