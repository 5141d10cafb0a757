// Printing from a page: one at a time, and a sealed ticket only with what it is needed for.
import { ref, shallowRef } from 'vue';
import { t } from '@/i18n';
import { sentence, useNotices } from '@/shared/notices';
import { makePaper, makeSheets, showPrint, type Printed } from '@/tickets/printing';
import type { PaperView, TicketView } from '@/tickets/types';

type Make = (purpose: string) => Promise<Printed>;

export function usePrint() {
  const notices = useNotices();
  /** What waits for its purpose; null: nothing is asked. */
  const asking = shallowRef<Make | null>(null);
  const isPrinting = ref(false);
  const fault = ref('');

  async function make(from: Make, purpose: string): Promise<void> {
    if (isPrinting.value) return;
    isPrinting.value = true;
    notices.tell(t('printing.making'));
    try {
      showPrint(await from(purpose));
      asking.value = null;
    } catch (error) {
      if (asking.value) fault.value = sentence(error);
      else notices.refuse(error);
    } finally {
      isPrinting.value = false;
    }
  }

  function begin(isSealed: boolean, from: Make): Promise<void> {
    fault.value = '';
    if (!isSealed) return make(from, '');
    asking.value = from;
    return Promise.resolve();
  }

  return {
    asking,
    isPrinting,
    fault,
    sheet: ({ number, secrecy }: TicketView) => begin(secrecy === 'sealed', (purpose) => makeSheets([number], purpose)),
    sheets: (numbers: readonly string[]) => begin(false, (purpose) => makeSheets(numbers, purpose)),
    paper: ({ number, secrecy }: TicketView, { id }: PaperView) =>
      begin(secrecy === 'sealed', (purpose) => makePaper(number, id, purpose)),
    give: (purpose: string) => (asking.value ? make(asking.value, purpose) : Promise.resolve()),
    giveUp: () => (asking.value = null),
  };
}
