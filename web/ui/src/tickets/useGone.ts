// Who took the ticket in front off the dispatch list, and where to: told to whoever has it open, with nothing typed lost.
import { ref, watch, type Ref } from 'vue';
import { t } from '@/i18n';
import { useSession } from '@/session/store';
import { serverNow } from '@/shared/clock';
import { sentence as refusalOf, useNotices } from '@/shared/notices';
import { inFours } from '@/shared/ticketNumber';
import { shortMoment } from '@/shared/times';
import { readHistory } from '@/tickets/api';
import type { HistoryLine, State, TicketView } from '@/tickets/types';

export const WAITING: readonly State[] = ['to_dispatch', 'rework'];

const isWaiting = (state: State | null): boolean => WAITING.some((one) => one === state);

/** The move by which it left the list: who, when, what, to whom. */
function words({ number, unit, sharing }: TicketView, line: HistoryLine): string {
  const to = sharing.parent ? inFours(sharing.parent) : (unit?.name ?? '');
  const what = `${t(`code.action.${line.action}`)}${to ? ` ${to}` : ''}`;
  return t('dispatch.gone', {
    number: inFours(number),
    who: line.actor,
    at: shortMoment(line.at, serverNow.value),
    what,
  });
}

export function useGone(ticket: Readonly<Ref<TicketView | null>>): Ref<string> {
  const notices = useNotices();
  const session = useSession();
  const gone = ref('');
  let waiting = '';

  async function look(now: TicketView): Promise<void> {
    const lines = await readHistory(now.number);
    const last = lines.findLast(({ from_state, to_state }) => from_state !== to_state && isWaiting(from_state));
    if (!last || ticket.value?.number !== now.number) return;
    const isOwn = last.actor.includes(`（${session.person?.staff_number}）`);
    gone.value = isOwn ? '' : words(now, last);
    if (gone.value && waiting === now.number) notices.tell(gone.value, 'late', `/tickets/${now.number}`);
    waiting = '';
  }

  watch(
    () => ticket.value && `${ticket.value.number} ${ticket.value.version}`,
    async () => {
      const now = ticket.value;
      if (!now || isWaiting(now.state)) {
        gone.value = '';
        waiting = now?.number ?? waiting;
        return;
      }
      try {
        await look(now);
      } catch (error) {
        gone.value = refusalOf(error);
      }
    },
  );
  return gone;
}
