// A half-written act, kept for this log-in: sessionStorage, wiped at log-out and once the server has taken it.
import { reactive, watch } from 'vue';
import type { Values } from '@/tickets/actFields';

export function useActDraft(number: string, action: string, preset: Values) {
  const key = `act.${number}.${action}`;
  const kept = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Values;
  const values = reactive<Values>({ ...preset, ...kept });
  const stop = watch(values, () => sessionStorage.setItem(key, JSON.stringify(values)));

  function forget(): void {
    stop();
    sessionStorage.removeItem(key);
  }

  return { values, forget };
}
