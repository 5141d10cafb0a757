// 批量: what one act would do to the picked tickets, one question, and doing it with its progress.
import { computed, onScopeDispose, reactive, ref, shallowRef, watch } from 'vue';
import { t } from '@/i18n';
import { sentence, useNotices } from '@/shared/notices';
import { ask } from '@/shared/questions';
import {
  doAll,
  IN_WORDS,
  inSlices,
  previewAll,
  TO_A_UNIT,
  WITHIN_UNIT,
  type BulkAct,
  type BulkWish,
} from '@/tickets/bulk';
import type { OneOutcome } from '@/tickets/types';

const PAUSE_MS = 300;
const BARE_REPEAT = 'repeat_without_fact';

export function useBulk(act: BulkAct, numbers: readonly string[]) {
  const notices = useNotices();
  const form = reactive({
    words: act === 'urge' ? t('bulk.urgeWords') : '',
    unit: '',
    newFacts: {} as Record<string, string>,
  });
  /** Repeats among them; once found they stay, so that what is written of them can be read again. */
  const repeats = ref<readonly string[]>([]);
  const preview = shallowRef<readonly OneOutcome[] | null>(null);
  const fault = ref('');
  /** How many are done of those that are being done; null: nothing runs. */
  const done = ref<number | null>(null);
  let isStopped = false;
  let asked = 0;

  const wish = computed<BulkWish>(() => ({
    act,
    words: form.words.trim(),
    unit_id: form.unit ? Number(form.unit) : null,
    new_facts: Object.fromEntries(Object.entries(form.newFacts).filter(([, words]) => words.trim())),
  }));
  const isComplete = computed(
    () =>
      (!TO_A_UNIT.includes(act) || wish.value.unit_id !== null) && (!IN_WORDS.includes(act) || wish.value.words !== ''),
  );
  const refused = computed(() => preview.value?.filter(({ code }) => code) ?? []);
  const doable = computed(() => preview.value?.filter(({ code }) => !code).map(({ number }) => number) ?? []);

  async function rehearse(): Promise<void> {
    asked += 1;
    const mine = asked;
    preview.value = null;
    if (!isComplete.value) return;
    try {
      const found = await inSlices(
        numbers,
        (slice) => previewAll(slice, wish.value),
        () => mine === asked,
      );
      if (mine !== asked) return;
      [preview.value, fault.value] = [found, ''];
      const bare = found.filter(({ code }) => code === BARE_REPEAT).map(({ number }) => number);
      repeats.value = [...new Set([...repeats.value, ...bare])];
    } catch (error) {
      if (mine === asked) fault.value = sentence(error);
    }
  }

  async function isMeant(): Promise<boolean> {
    if (WITHIN_UNIT.includes(act)) return true;
    const name = t(`bulk.${act}`);
    const title = t('bulk.question', { act: name, n: doable.value.length });
    return ask({ title, text: t(`bulk.consequence.${act}`), action: name });
  }

  /** Answers what was left over, or null when nothing was done. */
  async function send(): Promise<readonly string[] | null> {
    if (done.value !== null || doable.value.length === 0) return null;
    if (!(await isMeant())) return null;
    isStopped = false;
    done.value = 0;
    const outcomes: OneOutcome[] = [];
    try {
      await inSlices(
        doable.value,
        async (slice) => {
          const became = await doAll(slice, wish.value);
          outcomes.push(...became);
          return became;
        },
        (all) => {
          done.value = all.length;
          return !isStopped;
        },
      );
    } catch (error) {
      fault.value = sentence(error);
    }
    return concluded(outcomes);
  }

  /** Those that were refused, and those that were stopped before, stay picked. */
  function concluded(outcomes: readonly OneOutcome[]): readonly string[] | null {
    done.value = null;
    const ready = new Set(outcomes.filter(({ code }) => !code).map(({ number }) => number));
    if (ready.size) notices.tell(t('bulk.done', { act: t(`bulk.${act}`), n: ready.size }), 'good');
    return outcomes.length ? numbers.filter((number) => !ready.has(number)) : null;
  }

  let timer = 0;
  watch(wish, () => {
    window.clearTimeout(timer);
    asked += 1;
    preview.value = null;
    timer = window.setTimeout(() => void rehearse(), PAUSE_MS);
  });
  onScopeDispose(() => window.clearTimeout(timer));
  void rehearse();
  return {
    form,
    repeats,
    preview,
    refused,
    doable,
    isComplete,
    fault,
    done,
    send,
    stop: () => void (isStopped = true),
  };
}
