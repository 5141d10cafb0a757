// Windows of government halls: what administrators do with them, and their figures.
import type { components } from '@/api/schema';
import { http, newKey } from '@/shared/http';
import type { Printed } from '@/tickets/printing';

type Schemas = components['schemas'];
export type CounterWindow = Schemas['CounterWindowView'];
export type CounterWindows = Schemas['CounterWindows'];
export type CounterFigures = Schemas['CounterFigures'];
/** By what the figure is cut. */
export type CounterScope = 'window' | 'unit' | 'item' | 'staff';
export type NewWindow = Schemas['NewWindow'];

export const SCOPES: readonly CounterScope[] = ['window', 'unit', 'item', 'staff'];

export const readWindows = (signal?: AbortSignal): Promise<CounterWindows> => http.get('/counters/windows', {}, signal);

export const addWindow = (window: NewWindow): Promise<CounterWindow> =>
  http.post('/counters/windows', window, newKey());

export const changeWindow = (id: number, window: Schemas['WindowBody']): Promise<CounterWindow> =>
  http.put(`/counters/windows/${id}`, window);

/** The key is in this answer and nowhere else. */
export const makeDeviceKey = (id: number): Promise<{ key: string }> => http.post(`/counters/windows/${id}/device`);

export const renewLink = (id: number): Promise<CounterWindow> => http.post(`/counters/windows/${id}/link`);

export const makeSigns = (window_ids: readonly number[]): Promise<Printed> =>
  http.file('/counters/signs', { window_ids });

export const readFigures = (by: CounterScope): Promise<CounterFigures> => http.get('/counters/figures', { by });
