// What became of tickets that were taken back: how many are on the list again, and each refusal by its number.
import { t } from '@/i18n';
import { useNotices } from '@/shared/notices';
import { inFours } from '@/shared/ticketNumber';
import type { OneOutcome } from '@/tickets/types';

export function useRecalled() {
  const notices = useNotices();

  function tell(outcomes: readonly OneOutcome[]): void {
    const refused = outcomes.filter(({ code }) => code);
    for (const { number, message } of refused) notices.tell(`${inFours(number)} ${message}`, 'late');
    const [only] = outcomes;
    if (outcomes.length === 1 && only && !only.code)
      notices.tell(`${inFours(only.number)} ${t('dispatch.undone')}`, 'good');
    else if (refused.length < outcomes.length) {
      notices.tell(t('dispatch.undonePile', { n: outcomes.length - refused.length }), 'good');
    }
  }

  return { tell };
}
