// When a limit is soon due: once its unit is warned, and at the latest when it ends within the next working day.
import { http, Problem } from '@/shared/http';
import type { components } from '@/api/schema';

type Soon = components['schemas']['SoonView'];

const DAY = 86_400_000;
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

/** A limit that ends at this moment or before is soon due. `today`: 2026-10-13 */
export function soonUntil(now: number, today: string): number {
  const next = known.working_days.find((day) => day > today) ?? today;
  return Math.max(now + known.ahead_s * 1000, Date.parse(`${next}T00:00:00+08:00`) + DAY);
}
