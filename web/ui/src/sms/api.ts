import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';

export type Message = components['schemas']['MessageView'];
export type MessageList = components['schemas']['MessageList'];

export const readMessages = (query: Query, signal: AbortSignal): Promise<MessageList> =>
  http.get('/sms/messages', query, signal);

/** Write back as the citizen would; the server takes it only where nothing leaves the house. */
export const replyAsCitizen = (message_id: number, text: string, key: string): Promise<Message> =>
  http.post('/sms/console/replies', { message_id, text }, key);
