// What stands behind a line of 经过 besides its reason: units, papers, dates, parents and children.
import { t } from '@/i18n';
import { dueMoment } from '@/shared/times';
import { inFours } from '@/shared/ticketNumber';
import { codeWord } from '@/tickets/conflicts';
import { visitWords } from '@/tickets/visits';
import type { HistoryLine } from '@/tickets/types';

type Particulars = HistoryLine['particulars'];

/** Acts that name the unit from which the ticket was taken. */
const TAKEN: readonly string[] = ['approve_return', 'recall'];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function unitWords({ action, particulars }: HistoryLine, nameOf: (unitId: number) => string): string {
  const unit = typeof particulars['unit_id'] === 'number' ? nameOf(particulars['unit_id']) : '';
  return unit && t(TAKEN.includes(action) ? 'line.from' : 'line.to', { unit });
}

function requestWords({ particulars, reason }: HistoryLine): string[] {
  const [until, way, plan, review] = ['until_on', 'told_by', 'plan', 'review_on'].map((name) =>
    text(particulars[name]),
  );
  const why = text(particulars['termination_reason']);
  return [
    why ? t('ending.why', { reason: t(`code.terminationReason.${why}`) }) : '',
    until ? t('line.until', { day: until }) : '',
    way ? t('line.told', { way: t(`code.toldBy.${way}`), note: text(particulars['told_note']) }) : '',
    plan && plan !== reason ? t('line.plan', { text: plan }) : '',
    review ? t('line.review', { day: review }) : '',
  ];
}

function paperWords({ action, particulars }: HistoryLine): string {
  const numbers = particulars['numbers'];
  if (Array.isArray(numbers)) return numbers.join('、');
  if (!['supervise', 'instruct', 'instruction_passed_on'].includes(action)) return '';
  const kind = t(`code.oversightKind.${text(particulars['kind'])}`);
  const paper = t('line.paper', { kind, number: text(particulars['number']) });
  const leader = text(particulars['leader']);
  return leader ? `${leader} ${paper}` : paper;
}

function mergeWords(particulars: Particulars): string {
  const [parent, child] = [text(particulars['parent']), text(particulars['child'])];
  if (parent) return t('line.parent', { number: inFours(parent) });
  return child && t('line.child', { number: inFours(child), n: Number(particulars['children']) });
}

function clockWords({ action, particulars }: HistoryLine): string[] {
  if (action !== 'due_computed') return [];
  const [before, after] = [particulars['before'], particulars['after']] as Record<string, string>[];
  return (['citizen', 'unit', 'first'] as const)
    .filter((clock) => before?.[clock] && after?.[clock] && before[clock] !== after[clock])
    .map((clock) => t(`line.${clock}Due`, { before: before?.[clock] ?? '', after: after?.[clock] ?? '' }));
}

/** What was corrected, once each; what it was and is where the server says so: of a caller never more than masked. */
function correctionWords({ action, particulars }: HistoryLine): string[] {
  if (action !== 'correct') return [];
  const [before, after] = [particulars['before'], particulars['after']] as Record<string, unknown>[];
  const names = Object.keys(after ?? {}).filter((name) => before?.[name] !== after?.[name] || after?.[name] === null);
  const said = names.map((name) => {
    const [was, is] = [before, after].map((side) => (name.endsWith('_id') ? '' : valueWord(name, side?.[name])));
    const field = t(`conflict.fields.${name}`);
    return was || is ? t('line.corrected', { field, was: was || t('line.empty'), is: is || t('line.empty') }) : field;
  });
  return [...new Set(said)].filter((one) => !said.some((other) => other.startsWith(`${one}：`)));
}

const valueWord = (name: string, value: unknown): string =>
  codeWord(name, value) || (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

function photoWords({ action, particulars }: HistoryLine): string {
  if (action !== 'add_photo') return '';
  const origin = t(`code.photoOrigin.${text(particulars['origin'])}`);
  const positions = particulars['positions'];
  const places = Array.isArray(positions) ? (positions as [number, number][]).map((one) => one.join(', ')) : [];
  const taken = places.length ? t('line.positions', { places: places.join('；') }) : '';
  return t('line.photos', { n: Number(particulars['photos']), origin }) + taken;
}

function incidentWords({ action, particulars }: HistoryLine): string {
  if (!['declare_incident', 'reword_incident'].includes(action)) return '';
  const at = text(particulars['expected_at']);
  return t('line.incident', {
    name: text(particulars['name']),
    words: text(particulars['words']),
    until: at ? dueMoment(at) : t('incidents.unknown'),
  });
}

/** Who took a matter back, when, and whether a call bears it out; of 补正 that nothing could be had, or the new place. */
function citizenWords({ particulars }: HistoryLine): string[] {
  const [who, at] = [text(particulars['said_by']), text(particulars['said_at'])];
  const isOnCall = 'call_id' in particulars || 'bridge_id' in particulars;
  const place = text(particulars['place_after']);
  return [
    who ? t('line.said', { who: t(`code.saidBy.${who}`), at: dueMoment(at) }) : '',
    who ? t(isOnCall ? 'line.onCall' : 'line.noCall') : '',
    particulars['outcome'] === 'unable' ? t('line.unable') : '',
    place ? t('line.placed', { place }) : '',
  ];
}

/** On what a return was founded, as it was cited; earlier ones say it in their own words only. */
function basisWords({ action, particulars }: HistoryLine, nameOf: (unitId: number) => string): string[] {
  if (action !== 'return') return [];
  const [basis, name, said] = ['basis', 'basis_name', 'basis_text'].map((one) => text(particulars[one]));
  const unit = particulars['proposed_unit_id'];
  return [
    t('line.basis', { kind: t(`code.returnBasis.${basis}`), name: name ?? '' }),
    said ?? '',
    typeof unit === 'number' ? t('line.proposed', { unit: nameOf(unit) }) : t('inbox.noProposal'),
  ];
}

function visitWordsOf({ action, particulars }: HistoryLine): string {
  if (action !== 'visit') return '';
  const [visited_at, visitors, place, met] = ['visited_at', 'visitors', 'place', 'met'].map((name) =>
    text(particulars[name]),
  ) as [string, string, string, string];
  return visitWords({ visited_at, visitors, place, met });
}

/** In the order in which they are read; nothing for acts that carry no particulars. */
export function particularsOf(line: HistoryLine, nameOf: (unitId: number) => string): string[] {
  const { action, particulars } = line;
  const [handler, due, taker] = ['handler', 'due_at', 'accepted_by'].map((name) => text(particulars[name]));
  return [
    visitWordsOf(line),
    ...basisWords(line, nameOf),
    unitWords(line, nameOf),
    particulars['is_inner'] ? t('line.inner') : '',
    taker ? t('line.acceptedBy', { who: taker }) : '',
    handler && action === 'sign' ? t('line.handler', { name: handler }) : '',
    due ? t('line.innerDue', { at: dueMoment(due) }) : '',
    ...requestWords(line),
    paperWords(line),
    mergeWords(particulars),
    incidentWords(line),
    ...citizenWords(line),
    photoWords(line),
    action === 'print' ? text(particulars['what']) : '',
    ...clockWords(line),
    ...correctionWords(line),
  ].filter(Boolean);
}
