import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';

export type Mail = components['schemas']['MailView'];
export type MailAnswer = components['schemas']['MailAnswerView'];
export type MailsPage = components['schemas']['MailsPage'];

export const readMails = (query: Query, signal: AbortSignal): Promise<MailsPage> => http.get('/mails', query, signal);

/** Each look at the words has a line in the audit log. */
export const lookAtMail = (id: number): Promise<components['schemas']['MailWords']> => http.post(`/mails/${id}/look`);

export const registerMail = (id: number): Promise<Mail> => http.post(`/mails/${id}/register`);

export const addMail = (id: number, number: string): Promise<Mail> => http.post(`/mails/${id}/add`, { number });

export const dismissMail = (id: number, reason: string): Promise<Mail> => http.post(`/mails/${id}/dismiss`, { reason });

export const resendAnswer = (id: number): Promise<MailAnswer> => http.post(`/mails/answers/${id}/resend`);
