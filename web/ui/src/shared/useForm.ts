// A form's faults: its own rules on leaving a field, the server's refusal at its field, sending once.
import { computed, ref } from 'vue';
import { Problem } from '@/shared/http';
import { sentence } from '@/shared/notices';
import { afterPress } from '@/shared/press';

export type Rules<Name extends string> = Partial<Record<Name, () => string>>;

export function useForm<Name extends string>(rules: Rules<Name>) {
  const faults = ref<Record<string, string>>({});
  const refusal = ref('');
  const isSending = ref(false);

  function judge(name: Name): void {
    faults.value = { ...faults.value, [name]: rules[name]?.() ?? '' };
  }

  /** Check one field, when it is left: by a click on a button, once that has been pressed. */
  function check(name: Name): void {
    afterPress(() => judge(name));
  }

  /** A fault goes as soon as it is mended. */
  function recheck(): void {
    for (const name of Object.keys(rules) as Name[]) if (faults.value[name]) judge(name);
  }

  function checkAll(): boolean {
    const names = Object.keys(rules) as Name[];
    faults.value = Object.fromEntries(names.map((name) => [name, rules[name]?.() ?? '']));
    return names.every((name) => !faults.value[name]);
  }

  /** Send when nothing is wrong; answers whether it was taken. */
  async function send(act: () => Promise<unknown>): Promise<boolean> {
    refusal.value = '';
    if (isSending.value || !checkAll()) return false;
    isSending.value = true;
    try {
      await act();
      return true;
    } catch (error) {
      if (error instanceof Problem) faults.value = { ...faults.value, ...error.fields };
      refusal.value = sentence(error);
      return false;
    } finally {
      isSending.value = false;
    }
  }

  const shown = computed(() => (refusal.value && !hasFaults() ? { '': refusal.value } : faults.value));

  function hasFaults(): boolean {
    return Object.values(faults.value).some(Boolean);
  }

  function clear(): void {
    faults.value = {};
    refusal.value = '';
  }

  return { faults, shown, refusal, isSending, check, checkAll, recheck, send, clear };
}
