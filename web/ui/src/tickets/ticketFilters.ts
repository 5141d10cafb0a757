// What lists of tickets can be narrowed to, as FilterBar shows it.
import { t } from '@/i18n';
import type { Filter, FilterOption } from '@/shared/components/FilterBar.vue';
import { useCatalogue } from '@/tickets/catalogue';
import { MARKS } from '@/tickets/ticketQuery';
import { LISTED_STATES, TICKET_TYPES, URGENCIES, type Unit } from '@/tickets/types';

const DUES = ['over', 'soon', 'unknown', 'promise_over', 'promise_soon'] as const;

const named = (kind: string, codes: readonly string[]): FilterOption[] =>
  codes.map((code) => ({ value: code, label: t(`${kind}.${code}`) }));

export const unitOptions = (units: readonly Unit[]): FilterOption[] =>
  units.map(({ id, short_name, initials }) => ({ value: String(id), label: short_name, initials }));

const OPTIONS = {
  state: () => named('code.state', LISTED_STATES),
  type: () => named('code.ticketType', TICKET_TYPES),
  urgency: () => named('code.urgency', URGENCIES),
  unit_id: () => unitOptions(useCatalogue().units),
  topic_id: () => useCatalogue().topics.map(({ id, full_name }) => ({ value: String(id), label: full_name })),
  due: () => named('tickets.due', DUES),
  mark: () => named('tickets.marks', MARKS),
  /** the newest first, unless another order is asked for */
  sort: () => named('tickets.sorts', ['due']),
} as const satisfies Record<string, () => FilterOption[]>;

export type FilterName = keyof typeof OPTIONS;

/** Those of these names, in this order. */
export const ticketFilters = (names: readonly FilterName[]): Filter[] =>
  names.map((name) => ({ name, label: t(`tickets.filters.${name}`), options: OPTIONS[name]() }));
