// 认定群体事件: which of the rows is the parent, which go under it, what callers hear, what the server would refuse.
import { computed, ref, shallowRef, watch } from 'vue';
import { t } from '@/i18n';
import { declareIncident, type Incident, type IncidentForm } from '@/incidents/api';
import { sentence, useNotices } from '@/shared/notices';
import { ask } from '@/shared/questions';
import { inFours } from '@/shared/ticketNumber';
import { useForm } from '@/shared/useForm';
import { previewMerge } from '@/tickets/api';
import { isAnswered, type OneOutcome, type TicketRow } from '@/tickets/types';

/** One of the tickets that are to be one matter. */
export type Declarable = Pick<TicketRow, 'number' | 'title' | 'place' | 'state' | 'unit' | 'registered_at'> & {
  readonly child_count: number;
};

export const emptyForm = (): IncidentForm => ({
  name: '',
  words: '',
  expected_at: null,
  place_id: null,
  is_whole_city: false,
});

const mayLead = ({ state }: Declarable): boolean => !isAnswered(state) && state !== 'merged';

/** Whoever has taken others in leads; then whom a unit works on; then the oldest. */
function leaderOf(rows: readonly Declarable[]): string {
  const rank = ({ child_count, unit }: Declarable): number => child_count * 2 + Number(unit !== null);
  const ordered = rows
    .filter(mayLead)
    .toSorted((a, b) => rank(b) - rank(a) || a.registered_at.localeCompare(b.registered_at));
  return ordered[0]?.number ?? '';
}

export function useDeclare(rows: readonly Declarable[]) {
  const notices = useNotices();
  const parent = ref(leaderOf(rows));
  const picked = ref(rows.map(({ number }) => number));
  const form = ref(emptyForm());
  form.value.name = rows.find(({ number }) => number === parent.value)?.title ?? '';
  const preview = shallowRef<readonly OneOutcome[] | null>(null);
  const previewFault = ref('');
  let asked = 0;
  let rehearsal = Promise.resolve();

  const numbers = computed(() =>
    rows.map(({ number }) => number).filter((number) => picked.value.includes(number) && number !== parent.value),
  );
  const refused = computed(() => (preview.value ?? []).filter(({ code }) => code));
  /** Callers: the parent's own with those it has taken in, and whoever comes under it now. */
  const people = computed(() => {
    const own = rows.find(({ number }) => number === parent.value)?.child_count ?? 0;
    return 1 + own + numbers.value.length - refused.value.length;
  });
  const { faults, shown, isSending, recheck, send } = useForm<'name' | 'words'>({
    name: () => (form.value.name.trim().length < 4 ? t('incidents.nameShort') : ''),
    words: () => (form.value.words.trim().length < 6 ? t('incidents.wordsShort') : ''),
  });

  async function rehearse(): Promise<void> {
    asked += 1;
    const mine = asked;
    preview.value = null;
    try {
      const found = parent.value && numbers.value.length ? await previewMerge(parent.value, numbers.value) : [];
      if (mine === asked) [preview.value, previewFault.value] = [found, ''];
    } catch (error) {
      if (mine === asked) previewFault.value = sentence(error);
    }
  }

  /** Asks once; answers the incident, or null when it was not declared. */
  async function declare(): Promise<Incident | null> {
    if (!parent.value) return null;
    let made: Incident | null = null;
    await send(async () => {
      await rehearsal;
      if (preview.value === null) return;
      const title = t('incidents.question', { name: form.value.name.trim(), people: people.value });
      const text = t('incidents.consequence', { parent: inFours(parent.value), n: people.value - 1 });
      if (!(await ask({ title, text, action: t('incidents.declare') }))) return;
      const { incident, outcomes } = await declareIncident(parent.value, form.value, numbers.value);
      for (const one of outcomes) if (one.code) notices.tell(`${inFours(one.number)} ${one.message}`, 'late');
      notices.tell(t('incidents.declared', { name: incident.name, people: incident.people }), 'good', '/incidents');
      made = incident;
    });
    return made;
  }

  watch(form, recheck, { deep: true });
  watch([parent, () => numbers.value.join()], () => void (rehearsal = rehearse()), { immediate: true });
  return {
    parent,
    picked,
    form,
    numbers,
    people,
    preview,
    refused,
    previewFault,
    faults,
    shown,
    isSending,
    declare,
    mayLead,
  };
}
