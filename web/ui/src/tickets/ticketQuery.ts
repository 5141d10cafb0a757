// The ticket list's address as the server asks for it.
import type { Query } from '@/shared/http';

/** Marks that narrow the list, each a filter of its own for the server. */
export const MARKS = ['repair', 'drawn', 'auto', 'mine', 'untold'] as const;

const DAY_MS = 86_400_000;

/** When a day of the city begins, or ends; what is no day is left for the server to refuse. */
function momentOf(day: string, daysOn: number): string {
  const begins = Date.parse(`${day}T00:00:00+08:00`);
  return Number.isNaN(begins) ? day : new Date(begins + daysOn * DAY_MS).toISOString();
}

/** `from` and `to` are days of registration, both counted. */
export function ticketQuery({ search, mark, from, to, ...narrowed }: Readonly<Record<string, string>>): Query {
  return {
    ...narrowed,
    q: search,
    ...(mark && { [mark]: true }),
    ...(from && { since: momentOf(from, 0) }),
    ...(to && { until: momentOf(to, 1) }),
  };
}
