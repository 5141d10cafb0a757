// Periods of days, both ends included: the statistical month (26th to 25th), month, quarter, any days.

export type PeriodKind = 'statistical' | 'month' | 'quarter' | 'custom';

export interface Period {
  readonly from: string;
  readonly to: string;
}

const DAY = 86_400_000;

function iso(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
}

function parts(day: string): [number, number, number] {
  const date = new Date(`${day}T00:00:00Z`);
  return [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
}

/** The period of a kind around a day. */
export function periodAround(kind: Exclude<PeriodKind, 'custom'>, day: string): Period {
  const [year, month, date] = parts(day);
  if (kind === 'month') return { from: iso(year, month, 1), to: iso(year, month + 1, 0) };
  if (kind === 'quarter') {
    const first = month - (month % 3);
    return { from: iso(year, first, 1), to: iso(year, first + 3, 0) };
  }
  const first = date >= 26 ? month : month - 1;
  return { from: iso(year, first, 26), to: iso(year, first + 1, 25) };
}

function shiftDay(day: string, days: number): string {
  return new Date(new Date(`${day}T00:00:00Z`).getTime() + days * DAY).toISOString().slice(0, 10);
}

/** The neighbouring period: the same kind, or as many days just before or after. */
export function periodBeside(kind: PeriodKind, period: Period, by: 1 | -1): Period {
  const edge = by === 1 ? shiftDay(period.to, 1) : shiftDay(period.from, -1);
  if (kind !== 'custom') return periodAround(kind, edge);
  const length = (Date.parse(period.to) - Date.parse(period.from)) / DAY;
  return by === 1 ? { from: edge, to: shiftDay(edge, length) } : { from: shiftDay(edge, -length), to: edge };
}

/** 9-26 至 10-25 */
export function spokenPeriod({ from, to }: Period): string {
  const short = (day: string): string => `${Number(day.slice(5, 7))}-${Number(day.slice(8))}`;
  return `${short(from)} 至 ${short(to)}`;
}
