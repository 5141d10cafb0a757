// A half-written act: saved on the server a second after the last key stroke, until then in this log-in's memory.
import { onBeforeUnmount, reactive, watch } from 'vue';
import { Problem } from '@/shared/http';
import { useKeys } from '@/shared/keys';
import { useAutosave } from '@/shared/useAutosave';
import type { Values } from '@/tickets/actFields';
import { readActDraft, saveActDraft } from '@/tickets/api';

/** `number` of a ticket; null: what is written belongs to none, and stays in this browser. */
export function useActDraft(number: string | null, action: string, preset: Values) {
  const key = `act.${number ?? ''}.${action}`;
  const kept = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Values;
  const values = reactive<Values>({ ...preset, ...kept });
  /** What the server has, so that only what a person typed is saved. */
  let stands = JSON.stringify(values);

  const typed = (): Values =>
    Object.fromEntries(Object.entries(values).filter(([name, word]) => word !== preset[name]));

  async function save(): Promise<void> {
    if (number === null) return;
    const sent = JSON.stringify(values);
    try {
      await saveActDraft(number, action, typed());
      stands = sent;
      if (JSON.stringify(values) === sent) sessionStorage.removeItem(key);
    } catch (error) {
      // What the server will never take stays on the page; giving the act tells what stands in the way.
      if (!(error instanceof Problem) || error.isPassing) throw error;
    }
  }

  const saver = useAutosave(save);

  async function load(): Promise<void> {
    if (number === null) return;
    if (Object.keys(kept).length > 0) {
      saver.touch();
      return;
    }
    try {
      const found = await readActDraft(number, action);
      if (JSON.stringify(values) !== stands) return;
      Object.assign(values, found.form);
      stands = JSON.stringify(values);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }

  const stop = watch(values, () => {
    if (JSON.stringify(values) === stands) return;
    sessionStorage.setItem(key, JSON.stringify(values));
    if (number !== null) saver.touch();
  });

  /** It was given: nothing is kept any more, whatever is still on its way. */
  function forget(): void {
    stop();
    sessionStorage.removeItem(key);
    saver.reset();
    if (number !== null) void saver.flush().then(() => saveActDraft(number, action, {}).catch(() => undefined));
  }

  useKeys({ 'page.save': () => void saver.flush() }, () => number !== null);
  onBeforeUnmount(() => void saver.flush());
  void load();
  return { values, forget, saver };
}
