import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';

export type UnitNotice = components['schemas']['NoticeView'];
export type NoticesPage = components['schemas']['NoticesPage'];
export type NoticeState = components['schemas']['NoticeState'];

export const readNotices = (query: Query, signal: AbortSignal): Promise<NoticesPage> =>
  http.get('/notices', query, signal);

/** Only what failed, or whose end nobody knows, may go again. */
export const resendNotice = (id: number): Promise<UnitNotice> => http.post(`/notices/${id}/resend`);
