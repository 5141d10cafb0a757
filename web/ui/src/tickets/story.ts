// The lines of 经过 in one: what was done to the ticket, its calls and SMS, and who looked at what is hidden.
import { te, t } from '@/i18n';
import { duration } from '@/shared/times';
import { particularsOf } from '@/tickets/historyWords';
import type { HistoryLine, Trace } from '@/tickets/types';

export interface StoryLine {
  readonly key: string;
  readonly at: string;
  readonly kind: string;
  readonly name: string;
  readonly unit: string;
  readonly actor: string;
  readonly words: readonly string[];
  readonly reason: string;
  readonly isInternal: boolean;
  readonly toState: string | null;
  readonly level: number | null;
}

function nameOf(action: string): string {
  return te(`code.action.${action}`) ? t(`code.action.${action}`) : action;
}

/** Until they had an act of their own, instructions were written down as papers of the ladder. */
function isInstruction({ action, particulars }: HistoryLine): boolean {
  return action === 'supervise' && particulars['kind'] === 'instruction';
}

function fromHistory(line: HistoryLine, unitName: (unitId: number) => string): StoryLine {
  return {
    key: `history ${line.id}`,
    at: line.at,
    kind: line.kind,
    name: nameOf(isInstruction(line) ? 'instruct' : line.action),
    unit: line.unit,
    actor: line.actor,
    words: particularsOf(line, unitName),
    reason: line.reason,
    isInternal: line.is_internal,
    toState: line.to_state === line.from_state ? null : line.to_state,
    level: line.particulars['level'] ? Number(line.particulars['level']) : null,
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function traceWords({ action, words, particulars }: Trace): readonly string[] {
  if (action === 'call') {
    const talked = typeof particulars['talk_s'] === 'number' ? duration(particulars['talk_s']) : '';
    return [words, talked && t('line.talked', { time: talked })].filter(Boolean);
  }
  if (action === 'sms') {
    return [t(`line.sms.${text(particulars['template'])}`), t(`code.messageState.${text(particulars['state'])}`)];
  }
  return [];
}

function fromTrace(trace: Trace): StoryLine {
  const isLook = trace.action === 'look';
  return {
    key: trace.key,
    at: trace.at,
    kind: trace.kind,
    name: isLook ? t('line.look') : t(`line.traces.${trace.action}`),
    unit: trace.unit,
    actor: trace.actor,
    words: traceWords(trace),
    reason: isLook ? trace.words : '',
    isInternal: false,
    toState: null,
    level: null,
  };
}

/** The newest first; what happened at one moment keeps the order in which it was told. */
export function storyOf(
  history: readonly HistoryLine[],
  traces: readonly Trace[],
  unitName: (unitId: number) => string,
): StoryLine[] {
  const lines = [...traces.map(fromTrace), ...history.map((line) => fromHistory(line, unitName))];
  return lines.toSorted((a, b) => a.at.localeCompare(b.at)).toReversed();
}
