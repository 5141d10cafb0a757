// The week that a roster shows: from Monday 00:00 in Shanghai, where everybody who reads it is.
const DAY_MS = 86_400_000;
const SHANGHAI_MS = 8 * 3_600_000;

/** Monday 00:00 in Shanghai of the week around this moment, in milliseconds. */
export function mondayOf(moment: number): number {
  const day = Math.floor((moment + SHANGHAI_MS) / DAY_MS);
  const sinceMonday = (day + 3) % 7;
  return (day - sinceMonday) * DAY_MS - SHANGHAI_MS;
}

export const weeksAway = (monday: number, weeks: number): number => monday + weeks * 7 * DAY_MS;

export const daysOf = (monday: number): number[] => Array.from({ length: 7 }, (_, n) => monday + n * DAY_MS);

export interface Stretch {
  readonly begins_at: string;
  readonly ends_at: string;
}

const timeOf = (moment: number): string => new Date(moment + SHANGHAI_MS).toISOString().slice(11, 16);

/** What of a shift lies on this day: 17:00–24:00, 00:00–08:30, or the whole of it. */
export function hoursOn(shift: Stretch, day: number): string {
  const begins = Math.max(Date.parse(shift.begins_at), day);
  const ends = Math.min(Date.parse(shift.ends_at), day + DAY_MS);
  return `${timeOf(begins)}–${ends === day + DAY_MS ? '24:00' : timeOf(ends)}`;
}

/** Those that touch the day that begins at this moment. */
export function touching<S extends Stretch>(shifts: readonly S[], day: number): S[] {
  return shifts.filter((one) => Date.parse(one.begins_at) < day + DAY_MS && Date.parse(one.ends_at) > day);
}
