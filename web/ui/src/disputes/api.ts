import type { components } from '@/api/schema';
import { http } from '@/shared/http';

export type Returned = components['schemas']['ReturnedView'];
export type Orphans = components['schemas']['OrphanView'];

export const readReturned = (from_on: string, until_on: string): Promise<Returned[]> =>
  http.get('/disputes/returned', { from_on, until_on });

export const readOrphans = (): Promise<Orphans[]> => http.get('/disputes/orphans');
