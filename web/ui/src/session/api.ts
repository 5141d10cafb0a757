import type { Session } from '@/session/types';
import { http } from '@/shared/http';

export const readSession = (): Promise<Session> => http.get('/session');

export const logIn = (account: string, password: string): Promise<Session> =>
  http.post('/session', { account, password });

export const logOut = (): Promise<void> => http.delete('/session');

/** The answer is the same whether somebody has this number or not. */
export const askForCode = (phone: string): Promise<{ lasts_s: number }> => http.post('/session/codes', { phone });

export const logInByCode = (phone: string, code: string): Promise<Session> =>
  http.post('/session/by-code', { phone, code });
