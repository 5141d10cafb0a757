import type { SatisfactionView } from '@/evaluation/types';
import { http, type Query } from '@/shared/http';

export const readSatisfaction = (query: Query, signal: AbortSignal): Promise<SatisfactionView> =>
  http.get('/satisfaction', query, signal);
