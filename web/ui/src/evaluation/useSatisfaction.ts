// What the satisfaction page asks for, kept in the URL, and what came of it; a newer question ends the one before.
import { computed, ref, shallowRef, watch } from 'vue';
import { readSatisfaction } from '@/evaluation/api';
import { SUBJECTS, type SatisfactionView, type Subject } from '@/evaluation/types';
import { serverNow } from '@/shared/clock';
import { Problem } from '@/shared/http';
import { useNews } from '@/shared/news';
import { periodAround, periodBeside, type Period, type PeriodKind } from '@/shared/periods';
import { isoDay } from '@/shared/times';
import { useUrlValues } from '@/shared/useUrlValues';

const NAMES = ['kind', 'from', 'to', 'subject', 'unit_id', 'with_below', 'topic_id', 'channel', 'basis'] as const;

export function useSatisfaction() {
  const { values, change } = useUrlValues(NAMES);
  const page = shallowRef<SatisfactionView | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const isLoading = ref(false);
  let running: AbortController | null = null;

  const kind = computed(() => (values.value['kind'] ?? 'statistical') as PeriodKind);
  const period = computed<Period>(() => {
    const { from, to } = values.value;
    return from && to ? { from, to } : periodAround('statistical', isoDay(serverNow.value));
  });
  const subject = computed<Subject>(() => SUBJECTS.find((one) => one === values.value['subject']) ?? 'handling');
  const query = computed(() => ({
    ...period.value,
    subject: subject.value,
    unit_id: values.value['unit_id'],
    with_below: values.value['with_below'] === 'true',
    topic_id: values.value['topic_id'],
    channel: values.value['channel'],
    basis: values.value['basis'],
  }));

  async function load(): Promise<void> {
    running?.abort();
    const mine = (running = new AbortController());
    isLoading.value = true;
    try {
      page.value = await readSatisfaction(query.value, mine.signal);
      problem.value = null;
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      problem.value = error;
    } finally {
      if (running === mine) isLoading.value = false;
    }
  }

  function set(next: Record<string, string>): void {
    change({ ...values.value, ...next });
  }

  function shift(by: 1 | -1): void {
    set({ kind: kind.value, ...periodBeside(kind.value, period.value, by) });
  }

  watch(
    () => JSON.stringify(query.value),
    () => void load(),
  );
  useNews('satisfaction', load);
  return { values, kind, period, subject, query, page, problem, isLoading, load, set, shift };
}
