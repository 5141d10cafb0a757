// The dispatcher's hands: what is chosen, claimed, sent and taken back.
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { t } from '@/i18n';
import { serverNow } from '@/shared/clock';
import { Problem } from '@/shared/http';
import { useNotices } from '@/shared/notices';
import * as api from '@/tickets/api';
import type { DispatchRow, TicketView } from '@/tickets/types';
import { useRecalled } from '@/tickets/useRecalled';

/** A claim lives three minutes on the server; any key renews it, at most this often. */
const RENEW_EVERY_MS = 60_000;
const UNDO_MS = 10_000;

export interface To {
  readonly unit_id: number;
  readonly topic_id?: number;
  readonly reason: string;
  /** of a repeat: what the person says now that was not known before */
  readonly new_fact?: string;
}

export type Became = 'sent' | 'refused' | 'needs_fact';

/** A unit that is asked for help as soon as the ticket is sent. */
export interface Helper {
  readonly unit_id: number;
  readonly unit: string;
  readonly task: string;
}

/** What was sent by one press, a ticket or a pile; it can be taken back as long as the page stands. */
interface Sent {
  readonly numbers: readonly string[];
  readonly unit: string;
  readonly until: number;
}

/** `isFirst`: the list has not been read yet, and `row`, the chosen one of it, says nothing of who is at the ticket. */
export function useDispatch(
  row: Readonly<Ref<DispatchRow | null>>,
  isFirst: Readonly<Ref<boolean>>,
  reload: () => Promise<void>,
) {
  const notices = useNotices();
  const sent = shallowRef<Sent | null>(null);
  const isSending = ref(false);
  /** 撤回: ten seconds are over, so a reason is asked for. */
  const recalling = shallowRef<readonly string[] | null>(null);
  const recalled = useRecalled();
  /** What stands in front and waits to be sent, whether or not the list is narrowed to it. */
  const open = ref<string | null>(null);
  let renewedAt = 0;

  const undoLeft = computed(() => (sent.value ? Math.ceil((sent.value.until - serverNow.value) / 1000) : 0));
  const mayUndo = computed(() => undoLeft.value > 0);

  /** Somebody else is at it for some minutes. */
  const claimedBy = computed(() => (row.value?.claim?.is_mine === false ? row.value.claim.name : ''));

  async function claim(): Promise<void> {
    if (!open.value || isFirst.value || claimedBy.value) return;
    renewedAt = Date.now();
    try {
      await api.claim(open.value);
    } catch (error) {
      notices.refuse(error);
    }
  }

  function renew(): void {
    if (Date.now() - renewedAt > RENEW_EVERY_MS) void claim();
  }

  /** Each on its own: the ticket is sent already, and what is refused is told. */
  async function askHelp(ticket: TicketView, helpers: readonly Helper[]): Promise<void> {
    for (const { unit_id, task } of helpers) {
      try {
        await api.fill(ticket, 'ask_help', { unit_id: String(unit_id), task });
      } catch (error) {
        notices.refuse(error);
      }
    }
  }

  async function send(ticket: TicketView, to: To, unit: string, helpers: readonly Helper[] = []): Promise<Became> {
    if (isSending.value) return 'refused';
    isSending.value = true;
    try {
      const changed = await api.dispatch(ticket, to);
      noteSent([ticket.number], unit);
      await askHelp(changed, helpers);
      await reload();
      return 'sent';
    } catch (error) {
      if (error instanceof Problem && error.code === 'repeat_without_fact') return 'needs_fact';
      notices.refuse(error);
      return 'refused';
    } finally {
      isSending.value = false;
    }
  }

  /** A pile as one: one press takes all of it back. */
  function noteSent(numbers: readonly string[], unit: string): void {
    sent.value = { numbers, unit, until: serverNow.value + UNDO_MS };
  }

  /** Within ten seconds nobody has been told yet; later it is 撤回 with a reason. */
  async function undo(): Promise<void> {
    if (!sent.value) return;
    const { numbers } = sent.value;
    if (!mayUndo.value) {
      recalling.value = numbers;
      return;
    }
    sent.value = null;
    try {
      recalled.tell(await api.recall(numbers, t('dispatch.undoReason')));
      await reload();
    } catch (error) {
      notices.refuse(error);
    }
  }

  async function recallDone(): Promise<void> {
    sent.value = null;
    await reload();
  }

  watch([open, isFirst], () => void claim());
  window.addEventListener('keydown', renew);
  onScopeDispose(() => window.removeEventListener('keydown', renew));
  return {
    claimedBy,
    sent,
    undoLeft,
    mayUndo,
    isSending,
    recalling,
    open,
    send,
    noteSent,
    undo,
    recallDone,
    reload,
  };
}
