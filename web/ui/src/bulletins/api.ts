import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';
import type { Page } from '@/shared/pagedList';

type Schemas = components['schemas'];

export type Bulletin = Schemas['BulletinView'];
export type BulletinForm = Schemas['BulletinForm'];
export type BulletinReceipt = Schemas['ReceiptView'];
export type UnitBulletin = Schemas['UnitBulletin'];

const ROWS = 50;

export async function readBulletins(query: Query, signal: AbortSignal): Promise<Page<Bulletin>> {
  const rows = await http.get<Bulletin[]>('/bulletins', { ...query, limit: ROWS }, signal);
  return { rows, next: rows.length === ROWS ? (rows.at(-1)?.id ?? null) : null };
}

export const readReceipts = (id: number, query: Query): Promise<BulletinReceipt[]> =>
  http.get(`/bulletins/${id}/receipts`, query);
export const publishBulletin = (form: BulletinForm): Promise<Bulletin> => http.post('/bulletins', { form });
export const withdrawBulletin = (id: number, reason: string): Promise<Bulletin> =>
  http.post(`/bulletins/${id}/withdraw`, { reason });

/** What stands for one's own unit: what is not signed for first. */
export const readUnitBulletins = (): Promise<UnitBulletin[]> => http.get('/unit/bulletins');
export const receiveBulletin = (id: number): Promise<UnitBulletin[]> => http.post(`/unit/bulletins/${id}/receive`);
