// Short news for the person: shown for some seconds, kept in the bell until log-out.
import { defineStore } from 'pinia';
import { ref } from 'vue';
import { t } from '@/i18n';
import { Problem, Unreachable } from '@/shared/http';
import { serverNow } from '@/shared/clock';

export interface Notice {
  readonly id: number;
  readonly at: number;
  readonly text: string;
  readonly signal: 'good' | 'late' | 'plain';
  readonly to: string | null;
}

const KEPT = 50;
const SHOWN_MS = 6000;

/** The sentence for anything that was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof Unreachable) return t('problems.unreachable');
  if (error instanceof Problem) return error.message || t('problems.unknown', { code: error.code });
  throw error;
}

export const useNotices = defineStore('notices', () => {
  const kept = ref<Notice[]>([]);
  const shown = ref<Notice[]>([]);
  const unread = ref(0);
  let nextId = 1;

  function tell(text: string, signal: Notice['signal'] = 'plain', to: string | null = null): void {
    if (signal === 'late') withdraw(text);
    const notice = { id: nextId++, at: serverNow.value, text, signal, to };
    kept.value = [notice, ...kept.value].slice(0, KEPT);
    shown.value = [...shown.value, notice].slice(-3);
    unread.value += 1;
    window.setTimeout(() => dismiss(notice.id), SHOWN_MS);
  }

  /** The same refusal said again takes the place of the one that still stands there. */
  function withdraw(text: string): void {
    const again = shown.value.find((notice) => notice.signal === 'late' && notice.text === text);
    if (!again) return;
    kept.value = kept.value.filter(({ id }) => id !== again.id);
    unread.value = Math.max(0, unread.value - 1);
    dismiss(again.id);
  }

  function dismiss(id: number): void {
    shown.value = shown.value.filter((notice) => notice.id !== id);
  }

  /** Tell what was refused; anything that is not the server's refusal is a bug and rises. */
  function refuse(error: unknown): void {
    tell(sentence(error), 'late');
  }

  function $reset(): void {
    kept.value = [];
    shown.value = [];
    unread.value = 0;
  }

  return { kept, shown, unread, tell, refuse, dismiss, $reset };
});
