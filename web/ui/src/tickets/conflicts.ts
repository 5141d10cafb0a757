// Two people at one ticket: what stands now and what one has written, side by side; nothing is overwritten.
import { computed, shallowRef, ref, watch } from 'vue';
import { te, t } from '@/i18n';
import { Problem } from '@/shared/http';
import { useCatalogue } from '@/tickets/catalogue';
import { onOwnChange } from '@/tickets/ownChanges';
import type { TicketView } from '@/tickets/types';

export interface Conflict {
  readonly version: number;
  readonly current: Readonly<Record<string, unknown>>;
  readonly yours: Readonly<Record<string, unknown>>;
}

export interface ConflictLine {
  readonly label: string;
  readonly value: string;
}

/** Fields whose values are codes, and the family in which their words stand. */
const FAMILIES: Readonly<Record<string, string>> = {
  state: 'state',
  result: 'replyResult',
  contact: 'contactMade',
  urgency: 'urgency',
  type: 'ticketType',
  secrecy: 'secrecy',
  basis: 'returnBasis',
  kind: 'requestKind',
  told_by: 'toldBy',
};

/** The word for a code of the ticket; empty when the field holds none. */
export function codeWord(name: string, value: unknown): string {
  const code = `code.${FAMILIES[name] ?? ''}.${String(value)}`;
  return FAMILIES[name] && te(code) ? t(code) : '';
}

/** None: something else was refused. */
export function conflictOf(error: unknown): Conflict | null {
  if (!(error instanceof Problem) || error.code !== 'version_conflict') return null;
  return error.more as unknown as Conflict;
}

/** What was filled in, in words; empty fields say nothing. */
export function useConflictWords() {
  const catalogue = useCatalogue();
  void catalogue.load();

  function word(name: string, value: unknown): string {
    const coded = codeWord(name, value);
    if (coded) return coded;
    if (name === 'topic_id') return catalogue.topics.find(({ id }) => id === value)?.full_name ?? '';
    if (name.endsWith('unit_id')) return catalogue.units.find(({ id }) => id === value)?.name ?? '';
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  }

  return (values: Conflict['current']): ConflictLine[] =>
    Object.entries(values)
      .map(([name, value]) => ({
        label: te(`conflict.fields.${name}`) ? t(`conflict.fields.${name}`) : t('conflict.other'),
        value: value === null ? '' : word(name, value),
      }))
      .filter(({ value }) => value !== '');
}

/** The ticket as it stood when the form was opened: what is sent on an old version is refused, not written over. */
export function useSeen(ticket: () => TicketView) {
  const seen = ref(ticket().version);
  const conflict = shallowRef<Conflict | null>(null);
  const asSeen = computed(() => ({ ...ticket(), version: seen.value }));
  const isOld = computed(() => ticket().version > seen.value);

  function goOn(): void {
    seen.value = Math.max(ticket().version, conflict.value?.version ?? 0);
    conflict.value = null;
  }

  /** Keeps what is in conflict, and lets the form say that it was refused. */
  async function watched<T>(act: Promise<T>): Promise<T> {
    try {
      return await act;
    } catch (error) {
      conflict.value = conflictOf(error);
      throw error;
    }
  }

  onOwnChange((number) => {
    if (number === ticket().number) seen.value += 1;
  });
  watch(
    () => ticket().number,
    () => {
      seen.value = ticket().version;
      conflict.value = null;
    },
  );
  return { asSeen, isOld, conflict, goOn, watched };
}
