// What each act asks for: one table of fields, and the body that the server takes.
import { REJECT_REASONS } from '@/calls/types';
import { ASKERS, PAPER_KINDS, SAYERS, TAKEN_ELSEWHERE, TERMINATION_REASONS, TOLD_BY, TRIGGERS } from '@/tickets/types';

export type FieldKind = 'words' | 'line' | 'day' | 'moment' | 'unit' | 'below' | 'helper' | 'choice';

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly isRequired: boolean;
  /** fewest characters that the server takes */
  readonly least: number;
  readonly most: number;
  /** of a choice: the family of codes, and which of them */
  readonly family?: string;
  readonly codes?: readonly string[];
  /** asked for only while another field holds one of these values */
  readonly only?: readonly [name: string, values: readonly string[]];
}

export type Values = Record<string, string>;

function field(name: string, kind: FieldKind, more: Partial<Field> = {}): Field {
  return { name, kind, isRequired: true, least: 1, most: kind === 'words' ? 1000 : 100, ...more };
}

const optional = { isRequired: false, least: 0 };
const reason = field('reason', 'words');
const REASON_LEAST = 10;
const termination = [
  field('termination_reason', 'choice', { family: 'terminationReason', codes: TERMINATION_REASONS }),
  field('channel', 'line', { only: ['termination_reason', TAKEN_ELSEWHERE] }),
];
const withdrawal = [
  field('said_by', 'choice', { family: 'saidBy', codes: SAYERS }),
  field('said_at', 'moment', optional),
  reason,
];

/** The fields of each act in their order. */
export const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  answer: [field('answer', 'words', { least: 10 }), field('article', 'line', optional)],
  reject: [
    field('reject_reason', 'choice', { family: 'rejectReason', codes: REJECT_REASONS }),
    field('channel', 'line'),
    field('note', 'line', optional),
  ],
  transfer: [field('to', 'line'), field('accepted_by', 'line', { ...optional, most: 60 })],
  acknowledge: [field('accepted_by', 'line'), field('note', 'words', optional)],
  park: [field('plan', 'words'), field('review_on', 'day')],
  ask_extension: [
    field('until_on', 'day'),
    field('told_by', 'choice', { family: 'toldBy', codes: TOLD_BY }),
    field('told_note', 'line', { most: 400 }),
    field('reason', 'words', { least: REASON_LEAST }),
  ],
  ask_parking: [field('plan', 'words'), field('review_on', 'day'), field('reason', 'words', { least: REASON_LEAST })],
  ask_termination: [...termination, field('reason', 'words', { least: REASON_LEAST })],
  terminate: [...termination, reason],
  grant_termination: [...termination, field('note', 'words', optional)],
  tell_end: [reason],
  extend: [field('note', 'words', optional)],
  refuse_request: [reason],
  ask_help: [field('unit_id', 'unit'), field('task', 'words')],
  report_part: [field('result', 'words', { least: 10 })],
  excuse_part: [field('unit_id', 'helper'), reason],
  send_down: [field('unit_id', 'below'), field('due_at', 'moment'), field('note', 'words', optional)],
  report_up: [field('report', 'words', { least: 10 })],
  accept_report: [field('note', 'words', optional)],
  send_back_down: [reason],
  pull_back: [reason],
  release_reply: [field('note', 'words', optional)],
  send_reply_back: [reason],
  interim: [field('text', 'words', { most: 2000 })],
  fulfil: [field('text', 'words', { least: 10 })],
  supervise: [
    field('kind', 'choice', { family: 'oversightKind', codes: PAPER_KINDS }),
    field('trigger', 'choice', { ...optional, family: 'oversightTrigger', codes: TRIGGERS }),
    field('text', 'words'),
    field('answer_by', 'moment', optional),
  ],
  instruct: [field('leader', 'line', { most: 40 }), field('text', 'words'), field('answer_by', 'moment', optional)],
  receive: [field('reason', 'words', optional)],
  split: [reason],
  send_back: [
    field('missing', 'line', { most: 200 }),
    field('asks', 'choice', { family: 'completionBy', codes: ASKERS }),
  ],
  ask_completion: [field('missing', 'line', { most: 200 })],
  complete: [
    field('outcome', 'choice', { family: 'completionState', codes: ['done', 'unable'] }),
    field('place_text', 'line', { ...optional, most: 200, only: ['outcome', ['done']] }),
    field('supplement', 'words', { least: 2 }),
  ],
  withdraw: withdrawal,
  withdraw_part: withdrawal,
};

/** Acts whose route is not their own name. */
const PATHS: Readonly<Record<string, string>> = {
  ask_extension: 'requests',
  ask_parking: 'requests',
  ask_termination: 'requests',
  extend: 'grant',
  grant_termination: 'grant',
  ask_help: 'help',
  supervise: 'papers',
  instruct: 'papers',
};
const REQUESTS: Readonly<Record<string, string>> = {
  ask_extension: 'extension',
  ask_parking: 'parking',
  ask_termination: 'termination',
};
/** Acts that the server refuses on an old version of the ticket. */
const VERSIONED: readonly string[] = [
  ...Object.keys(REQUESTS),
  'send_down',
  'release_reply',
  'ask_completion',
  'complete',
  'fulfil',
];

/** Acts that nothing takes back: they ask once more before they are done. */
export const FINAL: readonly string[] = ['withdraw', 'withdraw_part', 'terminate', 'grant_termination'];

/** Acts that end a matter or halt it: the first of what somebody may do, perhaps, but never urged upon anybody. */
export const HALTING: readonly string[] = [...FINAL, 'recall', 'park'];

export const pathOf = (action: string): string => PATHS[action] ?? action.replaceAll('_', '-');

export function fieldsOf(action: string, values: Values): readonly Field[] {
  return (FIELDS[action] ?? []).filter(({ only }) => !only || only[1].includes(values[only[0]] ?? ''));
}

/** A picked moment carries no zone: it is the city's. */
const READ: Partial<Record<FieldKind, (value: string) => unknown>> = {
  unit: Number,
  below: Number,
  helper: Number,
  moment: (value) => `${value}+08:00`,
};

/** What is sent; a field that was left empty is left out. */
export function bodyOf(action: string, values: Values, version: number): object {
  const filled = fieldsOf(action, values)
    .map((one) => [one.name, values[one.name]?.trim() ?? '', READ[one.kind]] as const)
    .filter(([, value]) => value);
  const body = Object.fromEntries(filled.map(([name, value, read]) => [name, read ? read(value) : value]));
  if (action === 'instruct') return { kind: 'instruction', ...body };
  const kind = REQUESTS[action];
  return { ...(kind ? { form: { kind, ...body } } : body), ...(VERSIONED.includes(action) && { version }) };
}
