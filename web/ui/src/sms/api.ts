import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';

export type Message = components['schemas']['MessageView'];
export type HandOver = components['schemas']['HandOverView'];
export type Costs = components['schemas']['Costs'];
export type ProviderMonth = components['schemas']['ProviderMonthView'];
export type Template = components['schemas']['TemplateView'];
export type Approval = components['schemas']['Approval'];
export type MessageList = components['schemas']['MessageList'];

export const readMessages = (query: Query, signal: AbortSignal): Promise<MessageList> =>
  http.get('/sms/messages', query, signal);

/** Write back as the citizen would; the server takes it only where nothing leaves the house. */
export const replyAsCitizen = (message_id: number, text: string, key: string): Promise<Message> =>
  http.post('/sms/console/replies', { message_id, text }, key);

/** A person found out what became of a message of unknown outcome. */
export const settleMessage = (id: number, found: 'sent' | 'not-sent', reason: string): Promise<Message> =>
  http.post(`/sms/messages/${id}/${found}`, { reason });

export const readCosts = (signal: AbortSignal): Promise<Costs> => http.get('/sms/costs', {}, signal);

export const readTemplates = (signal: AbortSignal): Promise<Template[]> => http.get('/sms/templates', {}, signal);

/** Somebody has read at a provider how a template stands there. */
export const recordApproval = (name: string, said: Approval): Promise<Template> =>
  http.post(`/sms/templates/${encodeURIComponent(name)}/approvals`, said);
