// What the server says of repairs, and what each act of one asks for.
import type { components } from '@/api/schema';

type Schemas = components['schemas'];

export type RepairRow = Schemas['RepairRow'];
export type RepairView = Schemas['RepairView'];
export type RepairOffer = Schemas['RepairOfferView'];
export type Act = RepairOffer['act'];
export type Lane = 'to_contact' | 'overdue' | 'fixing' | 'appealed' | 'rerating' | 'still_bad' | 'ended';
export type Ground = Schemas['RepairAppealView']['ground'];

export const LANES: readonly Lane[] = ['to_contact', 'overdue', 'fixing', 'appealed', 'rerating', 'still_bad', 'ended'];
export const GROUNDS: readonly Ground[] = ['mistaken', 'malicious', 'not_ours'];

export type Field = 'way' | 'tried_at' | 'until_on' | 'ground' | 'evidence' | 'words' | 'reason';

/** Which fields the form of an act has, and where it is sent; an act that is not here is the system's. */
export const FORMS: Partial<Record<Act, { readonly path: string; readonly fields: readonly Field[] }>> = {
  contact: { path: 'contact', fields: ['way', 'words'] },
  try: { path: 'try', fields: ['way', 'tried_at', 'words'] },
  give_up: { path: 'give-up', fields: [] },
  fix: { path: 'fix', fields: ['words'] },
  book: { path: 'book', fields: ['until_on', 'words'] },
  explain: { path: 'explain', fields: ['words'] },
  complete: { path: 'complete', fields: ['words'] },
  appeal: { path: 'appeal', fields: ['ground', 'evidence'] },
  uphold: { path: 'uphold', fields: ['reason'] },
  refuse: { path: 'refuse', fields: ['reason'] },
};
/** Shortest texts, as the server has them; of a try none is needed. */
export const LEAST = { words: 10, reason: 10, evidence: 20 } as const;

/** How pressing a repair is: late, over, or under way. */
export const tone = (row: Pick<RepairRow, 'state' | 'is_late' | 'is_still_bad'>): string => {
  if (row.is_still_bad) return 'late';
  if (row.state === 'closed' || row.state === 'withdrawn') return 'quiet';
  return row.is_late ? 'late' : '';
};

/** The limit that runs now. */
export const dueOf = (row: RepairRow): string | null =>
  row.state === 'to_contact' ? (row.contact_due_at ?? row.fix_due_at) : row.fix_due_at;

/** Whether a limit runs at all. */
export const isRunning = (row: RepairRow): boolean => !['rerating', 'closed', 'withdrawn'].includes(row.state);
