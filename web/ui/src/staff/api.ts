import type { components } from '@/api/schema';
import { http, newKey } from '@/shared/http';

export type Roster = components['schemas']['RosterView'];
export type Shift = components['schemas']['ShiftView'];
export type NewShift = components['schemas']['NewShift'];
export type ShiftBody = components['schemas']['ShiftBody'];
export type Contact = components['schemas']['ContactView'];
export type DutyRank = components['schemas']['DutyRank'];

export const RANKS: readonly DutyRank[] = ['duty', 'deputy', 'leader'];

export const readRoster = (from_at: string, until_at: string, unit_id: number | null): Promise<Roster> =>
  http.get('/duty/roster', { from_at, until_at, unit_id });

export const addShift = (shift: NewShift): Promise<Shift> => http.post('/duty/shifts', shift, newKey());

export const changeShift = (id: number, shift: ShiftBody): Promise<Shift> => http.put(`/duty/shifts/${id}`, shift);

export const removeShift = (id: number): Promise<void> => http.delete(`/duty/shifts/${id}`);

export const setContact = (unitId: number, contact: Contact): Promise<Contact> =>
  http.put(`/duty/contacts/${unitId}`, contact);

/** Whether a second person of the unit releases its replies. */
export const setRelease = (unitId: number, is_needed: boolean): Promise<unknown> =>
  http.put(`/duty/release/${unitId}`, { is_needed });

export type DialIn = components['schemas']['DialInView'];

export const readDialIn = (): Promise<DialIn> => http.get('/me/dial-in');

/** The PIN is in this answer and nowhere else; an empty phone is the one before, or the mobile on record. */
export const issuePin = (phone: string): Promise<{ pin: string }> => http.put('/me/dial-in', { phone });

export const withdrawPin = (): Promise<void> => http.delete('/me/dial-in');

export type WorkHours = components['schemas']['WorkHoursView'];

export const readHours = (unit_id: number): Promise<WorkHours> => http.get('/duty/hours', { unit_id });

export const setHours = (unitId: number, hours: components['schemas']['WorkHoursBody']): Promise<WorkHours> =>
  http.put(`/duty/hours/${unitId}`, hours);

export const dropHours = (unitId: number): Promise<WorkHours> => http.delete(`/duty/hours/${unitId}`);
