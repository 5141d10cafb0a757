// What the server says of ratings.
import type { components } from '@/api/schema';

type Schemas = components['schemas'];

export type SatisfactionView = Schemas['SatisfactionView'];
export type AnswersView = Schemas['AnswersView'];
export type TrendPoint = Schemas['TrendPoint'];
export type UnitLine = Schemas['UnitLine'];
export type UnitRepairsLine = Schemas['UnitRepairsLine'];
export type UnitRepairsList = Schemas['UnitRepairsList'];
export type PopulationView = Schemas['PopulationView'];
export type AskedView = Schemas['AskedView'];
export type CheckpointView = Schemas['CheckpointView'];
export type WalkView = Schemas['WalkView'];
export type WitnessView = Schemas['WitnessView'];
export type ElsewhereList = Schemas['ElsewhereList'];
export type ElsewhereView = Schemas['ElsewhereView'];
export type SatisfactionSlices = Schemas['SatisfactionSlices'];
export type ExclusionRows = Schemas['ExclusionRows'];
export type RuleMarkView = Schemas['RuleMarkView'];
export type RuleMarks = Schemas['RuleMarks'];
export type UpheldAnswers = Schemas['UpheldAnswers'];
export type RecountView = Schemas['RecountView'];
export type Channel = Schemas['Channel'];
export type Basis = Schemas['Basis'];
export type ClassView = Schemas['ClassView'];
export type MatterClass = Schemas['MatterClass'];
export type UnclassedView = Schemas['UnclassedView'];
export type Subject = Schemas['Subject'];
export type Verdict = Schemas['Verdict'];

/** In the order of the keys 1–4. */
export const SUBJECTS: readonly Subject[] = ['handling', 'direct', 'agent', 'counter'];

export const CHANNELS: readonly Channel[] = [
  'sms',
  'page',
  'key',
  'callback',
  'device',
  'qr',
  'app',
  'mini',
  'kiosk',
  'pc',
];
export const BASES: readonly Basis[] = ['closed', 'rated'];

/** 定类 */
export const MATTER_CLASSES: readonly MatterClass[] = ['solvable', 'needs_time', 'no_policy', 'unreasonable'];

/** How a verdict looks: good, bad, or not known. */
export const VERDICT_SIGNAL = { reached: 'good', missed: 'late', too_few: 'plain', open: 'soon' } as const;
