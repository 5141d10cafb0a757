// The menu: which page, for whom, with which icon.
import {
  AlarmClock,
  ChatDotRound,
  Bell,
  Calendar,
  ChatDotSquare,
  ChatLineSquare,
  CircleCheck,
  Collection,
  DataAnalysis,
  Finished,
  EditPen,
  Headset,
  List,
  Memo,
  Message,
  MessageBox,
  Monitor,
  Phone,
  Position,
  Promotion,
  Files,
  Flag,
  Share,
  Stamp,
  Tools,
  Upload,
} from '@element-plus/icons-vue';
import type { Component } from 'vue';
import type { Role } from '@/session/types';

export type PageId =
  | 'desk'
  | 'tickets'
  | 'dispatch'
  | 'automatic'
  | 'inbox'
  | 'audit'
  | 'callback'
  | 'completions'
  | 'satisfaction'
  | 'coverage'
  | 'classes'
  | 'counters'
  | 'repairs'
  | 'sms'
  | 'mails'
  | 'notices'
  | 'roster'
  | 'catalogue'
  | 'incidents'
  | 'disputes'
  | 'unitFigures'
  | 'objections'
  | 'oversight'
  | 'decisions'
  | 'publications'
  | 'submissions';

export interface PageEntry {
  readonly id: PageId;
  readonly path: string;
  readonly icon: Component;
  /** empty: everybody */
  readonly roles: readonly Role[];
  /** pages beside it that have no entry of their own */
  readonly also?: readonly string[];
}

/** By name, in their order: what stands beside 满意度 under 评价. */
export const EVALUATION_PAGES = [
  'satisfaction',
  'coverage',
  'repairs',
  'classes',
  'publications',
  'submissions',
  'counters',
] as const;

export const SEAT_ROLES: readonly Role[] = ['agent', 'specialist'];
/** Who may speak with citizens. */
export const CALLER_ROLES: readonly Role[] = [
  ...SEAT_ROLES,
  'dispatcher',
  'auditor',
  'callback',
  'escalation',
  'shift_leader',
  'supervisor',
  'unit_officer',
];

export const PAGES: readonly PageEntry[] = [
  { id: 'desk', path: '/desk', icon: Headset, roles: SEAT_ROLES },
  { id: 'dispatch', path: '/dispatch', icon: Position, roles: ['dispatcher'] },
  { id: 'inbox', path: '/unit/inbox', icon: Message, roles: ['unit_officer'] },
  { id: 'audit', path: '/audit', icon: CircleCheck, roles: ['auditor'] },
  { id: 'callback', path: '/callback', icon: Phone, roles: ['callback'] },
  { id: 'completions', path: '/completions', icon: EditPen, roles: ['agent', 'specialist', 'callback', 'dispatcher'] },
  {
    id: 'satisfaction',
    path: '/satisfaction',
    icon: ChatLineSquare,
    roles: ['supervisor', 'shift_leader', 'inspector'],
    also: ['/coverage', '/repairs', '/classes', '/publications', '/submissions', '/counters'],
  },
  { id: 'counters', path: '/counters', icon: Monitor, roles: ['administrator'] },
  { id: 'classes', path: '/classes', icon: Files, roles: ['auditor'] },
  { id: 'repairs', path: '/repairs', icon: Tools, roles: ['escalation', 'callback'] },
  { id: 'coverage', path: '/coverage', icon: Finished, roles: ['administrator'] },
  {
    id: 'oversight',
    path: '/oversight',
    icon: AlarmClock,
    roles: ['escalation', 'supervisor', 'shift_leader', 'inspector'],
  },
  { id: 'decisions', path: '/decisions', icon: Stamp, roles: ['supervisor'] },
  { id: 'tickets', path: '/tickets', icon: List, roles: [] },
  { id: 'automatic', path: '/dispatch/automatic', icon: Promotion, roles: ['supervisor'] },
  { id: 'unitFigures', path: '/unit/figures', icon: DataAnalysis, roles: ['unit_officer'] },
  { id: 'objections', path: '/objections', icon: Flag, roles: ['supervisor', 'inspector'] },
  {
    id: 'mails',
    path: '/mails',
    icon: MessageBox,
    roles: ['agent', 'specialist', 'shift_leader', 'supervisor', 'inspector'],
  },
  {
    id: 'incidents',
    path: '/incidents',
    icon: Share,
    roles: ['dispatcher', 'supervisor', 'shift_leader', 'inspector'],
  },
  {
    id: 'disputes',
    path: '/disputes',
    icon: ChatDotSquare,
    roles: ['dispatcher', 'supervisor', 'shift_leader', 'inspector'],
  },
  {
    id: 'catalogue',
    path: '/catalogue',
    icon: Collection,
    roles: ['administrator', 'supervisor', 'dispatcher', 'inspector'],
  },
  { id: 'roster', path: '/unit/roster', icon: Calendar, roles: ['unit_officer', 'administrator'] },
  {
    id: 'notices',
    path: '/notices',
    icon: Bell,
    roles: ['supervisor', 'administrator', 'shift_leader', 'escalation', 'inspector'],
  },
  { id: 'publications', path: '/publications', icon: Memo, roles: ['administrator'] },
  { id: 'submissions', path: '/submissions', icon: Upload, roles: ['administrator'] },
  { id: 'sms', path: '/sms', icon: ChatDotRound, roles: ['supervisor', 'administrator'] },
];

/** The pages somebody sees, in the order of the menu. */
export function pagesFor(roles: readonly Role[]): PageEntry[] {
  return PAGES.filter((page) => page.roles.length === 0 || page.roles.some((role) => roles.includes(role)));
}

/** Where somebody starts. */
export function homeOf(roles: readonly Role[]): string {
  return pagesFor(roles)[0]?.path ?? '/tickets';
}
