// The ticket list's address as the server asks for it.
import type { Query } from '@/shared/http';

/** Marks that narrow the list, each a filter of its own for the server. */
export const MARKS = ['repair', 'drawn', 'auto', 'mine', 'untold'] as const;

export function ticketQuery({ search, mark, ...narrowed }: Readonly<Record<string, string>>): Query {
  return { ...narrowed, q: search, ...(mark && { [mark]: true }) };
}
