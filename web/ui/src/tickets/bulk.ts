// One act on many tickets: which acts somebody has, and doing them in slices so that a long one shows how far it is.
import { http } from '@/shared/http';
import type { components } from '@/api/schema';
import type { KeyId } from '@/shared/keys';
import type { Role } from '@/session/types';
import type { OneOutcome } from '@/tickets/types';

type Schemas = components['schemas'];
export type BulkAct = Schemas['BulkAct'];

export interface BulkWish {
  readonly act: BulkAct;
  readonly words: string;
  readonly unit_id: number | null;
  /** what is new in each repeat, by its number */
  readonly new_facts: Readonly<Record<string, string>>;
}

interface Offered {
  readonly act: BulkAct;
  readonly key: KeyId;
  /** whose buttons these are; the server judges each ticket by itself */
  readonly roles: readonly Role[];
}

/** Unless an act has a limit of its own. */
export const WORDS_MOST = 1000;
export const WORDS_LIMITS: Readonly<Partial<Record<BulkAct, number>>> = { ask_completion: 200, sign: 40 };
/** Acts that hand the tickets to a unit; acts that are nothing without words. */
export const TO_A_UNIT: readonly BulkAct[] = ['dispatch', 'send_down'];
export const IN_WORDS: readonly BulkAct[] = ['urge', 'note', 'ask_completion'];
/** Acts within one's own unit: the preview is question enough. */
export const WITHIN_UNIT: readonly BulkAct[] = ['sign', 'send_down'];

/** What the ticket list offers; signing and sending down stand in the inbox. */
export const BULK_ACTS: readonly Offered[] = [
  { act: 'urge', key: 'list.urge', roles: ['agent', 'specialist', 'callback', 'escalation', 'supervisor'] },
  { act: 'dispatch', key: 'list.dispatch', roles: ['dispatcher'] },
  {
    act: 'note',
    key: 'list.note',
    roles: [
      'agent',
      'specialist',
      'dispatcher',
      'unit_officer',
      'auditor',
      'callback',
      'escalation',
      'shift_leader',
      'supervisor',
    ],
  },
  { act: 'ask_completion', key: 'list.missing', roles: ['unit_officer'] },
];

/** Small enough that a slice is answered at once, large enough that a hundred are five. */
export const SLICE = 20;

export function slices<T>(all: readonly T[], size: number = SLICE): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

export const previewAll = (numbers: readonly string[], wish: BulkWish): Promise<OneOutcome[]> =>
  http.post('/ticket-list/acts/preview', { ...wish, numbers });

export const doAll = (numbers: readonly string[], wish: BulkWish): Promise<OneOutcome[]> =>
  http.post('/ticket-list/acts', { ...wish, numbers });

/** Slice after slice until the end or until somebody stops it; `heard` is told after each. */
export async function inSlices(
  numbers: readonly string[],
  step: (slice: readonly string[]) => Promise<OneOutcome[]>,
  heard: (outcomes: readonly OneOutcome[]) => boolean,
): Promise<OneOutcome[]> {
  const outcomes: OneOutcome[] = [];
  for (const slice of slices(numbers)) {
    outcomes.push(...(await step(slice)));
    if (!heard(outcomes)) break;
  }
  return outcomes;
}
