// When a limit is soon due. One of days: once its unit is warned, and at the latest when it ends within the next
// working day. One of hours: for its last four, or whatever must be done today would be amber from the beginning.
import { http, Problem } from '@/shared/http';
import type { components } from '@/api/schema';

type Soon = components['schemas']['SoonView'];

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LAST_HOURS = 4 * HOUR;
let known: Soon = { ahead_s: DAY / 1000, working_days: [] };

export function setSoon(soon: Soon): void {
  known = soon;
}

/** Without an answer limits are amber for their last day. */
export async function loadSoon(): Promise<void> {
  try {
    setSoon(await http.get('/soon'));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

/** Whether a limit is soon due.  `today`: 2026-10-13 */
export function isSoon(ends: number, now: number, today: string): boolean {
  if (!isMidnight(ends)) return ends <= now + LAST_HOURS;
  const next = known.working_days.find((day) => day > today) ?? today;
  return ends <= Math.max(now + known.ahead_s * 1000, Date.parse(`${next}T00:00:00+08:00`) + DAY);
}

/** Limits counted in days end at 24:00, Shanghai. */
function isMidnight(moment: number): boolean {
  return (moment + 8 * HOUR) % DAY === 0;
}
