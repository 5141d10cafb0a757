import type {
  ClassView,
  ElsewhereList,
  ExclusionRows,
  MatterClass,
  RecountView,
  RuleMarks,
  SatisfactionSlices,
  SatisfactionView,
  UnitRepairsList,
  UnclassedView,
  UpheldAnswers,
} from '@/evaluation/types';
import { http, type Query } from '@/shared/http';

export const readSatisfaction = (query: Query, signal: AbortSignal): Promise<SatisfactionView> =>
  http.get('/satisfaction', query, signal);

/** The same matters under other places' formulas. */
export const readElsewhere = (query: Query, signal: AbortSignal): Promise<ElsewhereList> =>
  http.get('/satisfaction/elsewhere', query, signal);

/** Whether the figures agreed when they were last computed a second way. */
export const readRecount = (query: Query, signal: AbortSignal): Promise<RecountView> =>
  http.get('/satisfaction/recount', query, signal);

/** By channel and, of calls, by agent. */
export const readSlices = (query: Query, signal: AbortSignal): Promise<SatisfactionSlices> =>
  http.get('/satisfaction/slices', query, signal);

/** Of each unit's bad ratings, how many were mended in time. */
export const readUnitRepairs = (query: Query, signal: AbortSignal): Promise<UnitRepairsList> =>
  http.get('/satisfaction/repairs', query, signal);

/** What 合理诉求 leaves out, or would have if it had been decided in time. */
export const readExclusions = (query: Query, signal: AbortSignal): Promise<ExclusionRows> =>
  http.get('/satisfaction/exclusions', query, signal);

/** The answers without those whose appeal was upheld, and which those are. */
export const readUpheld = (query: Query, signal: AbortSignal): Promise<UpheldAnswers> =>
  http.get('/satisfaction/upheld', query, signal);

/** Which rules changed within the periods of the trend. */
export const readRuleMarks = (query: Query, signal: AbortSignal): Promise<RuleMarks> =>
  http.get('/satisfaction/rules', query, signal);

/** What was decided about a ticket's answers, the newest first. */
export async function readClasses(number: string): Promise<ClassView[]> {
  const { rows } = await http.get<{ rows: ClassView[] }>(`/tickets/${number}/classes`);
  return rows.toReversed();
}

export const decideClass = (number: string, matterClass: MatterClass, reason: string): Promise<ClassView> =>
  http.post(`/tickets/${number}/classes`, { matter_class: matterClass, reason });

/** What says that it could not be solved, and of which nobody has decided whether that is so. */
export const readUnclassed = (signal: AbortSignal): Promise<{ rows: UnclassedView[] }> =>
  http.get('/matter-classes/waiting', {}, signal);
