import type { components } from '@/api/schema';
import { http, type Query } from '@/shared/http';
import type { Page } from '@/shared/pagedList';

type Schemas = components['schemas'];

export type Incident = Schemas['IncidentView'];
export type IncidentCaller = Schemas['IncidentCaller'];
export type IncidentForm = Schemas['IncidentForm'];
export type Declared = Schemas['DeclaredView'];
export type Told = Schemas['Told'];

/** In the order in which an incident goes by. */
export const TOLD: readonly Told[] = ['waiting', 'sent', 'told', 'failed'];

/** How many of its callers are that far. */
export const howMany = (incident: Incident, told: Told): number => incident.told[told] ?? 0;

const ROWS = 50;

export async function readIncidents(query: Query, signal: AbortSignal): Promise<Page<Incident>> {
  const rows = await http.get<Incident[]>('/incidents', { ...query, limit: ROWS }, signal);
  return { rows, next: rows.length === ROWS ? (rows.at(-1)?.id ?? null) : null };
}

export const readCallers = (number: string, query: Query): Promise<IncidentCaller[]> =>
  http.get(`/incidents/${number}/callers`, query);
export const declareIncident = (parent: string, form: IncidentForm, numbers: string[]): Promise<Declared> =>
  http.post(`/tickets/${parent}/incident`, { form, numbers });
export const rewordIncident = ({ number, version }: Incident, form: IncidentForm): Promise<Incident> =>
  http.put(`/incidents/${number}`, { form, version });
export const endIncident = (number: string, note: string): Promise<Incident> =>
  http.post(`/incidents/${number}/end`, { note });
