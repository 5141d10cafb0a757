import type { Session } from '@/session/types';
import { http } from '@/shared/http';

export const readSession = (): Promise<Session> => http.get('/session');

export const logIn = (account: string, password: string): Promise<Session> =>
  http.post('/session', { account, password });

export const logOut = (): Promise<void> => http.delete('/session');
