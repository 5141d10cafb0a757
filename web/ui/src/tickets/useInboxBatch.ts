// Several tickets of the inbox at once: sign, send down, print; each says what became of it.
import { computed, ref, type Ref } from 'vue';
import { t } from '@/i18n';
import { useSession } from '@/session/store';
import { useNotices } from '@/shared/notices';
import { ask } from '@/shared/questions';
import { inFours } from '@/shared/ticketNumber';
import { sendManyDown, signMany } from '@/tickets/api';
import { useCatalogue } from '@/tickets/catalogue';
import type { InboxRow, InboxTab, OneOutcome } from '@/tickets/types';
import { unitsBelow } from '@/tickets/units';
import { usePrint } from '@/tickets/usePrint';

const SENDING: readonly (InboxTab | null)[] = ['in_progress', 'rework'];

export function useInboxBatch(
  rows: Readonly<Ref<readonly InboxRow[]>>,
  tab: Readonly<Ref<InboxTab | null>>,
  reload: () => Promise<void>,
) {
  const notices = useNotices();
  const session = useSession();
  const catalogue = useCatalogue();
  void catalogue.load();
  const picked = ref<ReadonlySet<string>>(new Set());
  const isSendingDown = ref(false);
  const { sheets } = usePrint();

  /** In the order of the list; what has left it is no longer picked. */
  const wanted = computed(() => rows.value.map(({ number }) => number).filter((number) => picked.value.has(number)));
  const units = computed(() => unitsBelow(catalogue.units, session.person?.unit_id));
  const maySign = computed(() => tab.value === 'to_sign');
  const maySendDown = computed(() => SENDING.includes(tab.value) && units.value.length > 0);

  function pick(number: string): void {
    const next = new Set(picked.value);
    if (!next.delete(number)) next.add(number);
    picked.value = next;
  }

  function pickAll(isAll: boolean): void {
    picked.value = new Set(isAll ? rows.value.map(({ number }) => number) : []);
  }

  /** Tells what was refused, and how many were done. */
  async function conclude(outcomes: readonly OneOutcome[], done: (n: number) => string): Promise<void> {
    const refused = outcomes.filter(({ code }) => code);
    for (const { number, message } of refused) notices.tell(`${inFours(number)} ${message}`, 'late');
    if (refused.length < outcomes.length) notices.tell(done(outcomes.length - refused.length), 'good');
    pickAll(false);
    await reload();
  }

  async function signAll(): Promise<void> {
    if (!maySign.value || wanted.value.length === 0) return;
    const title = t('inbox.signAllTitle', { n: wanted.value.length });
    if (!(await ask({ title, text: t('inbox.signAllText'), action: t('inbox.signAll') }))) return;
    try {
      await conclude(await signMany(wanted.value), (n) => t('inbox.signedAll', { n }));
    } catch (error) {
      notices.refuse(error);
    }
  }

  function askSendDown(): void {
    isSendingDown.value = maySendDown.value && wanted.value.length > 0;
  }

  /** Raises what the form shows. */
  async function sendAllDown(unitId: number, note: string): Promise<void> {
    const outcomes = await sendManyDown(wanted.value, unitId, note);
    isSendingDown.value = false;
    await conclude(outcomes, (n) => t('inbox.sentDownAll', { n }));
  }

  async function printAll(): Promise<void> {
    if (wanted.value.length > 0) await sheets(wanted.value);
  }

  return {
    picked,
    units,
    maySign,
    maySendDown,
    isSendingDown,
    pick,
    pickAll,
    signAll,
    askSendDown,
    sendAllDown,
    printAll,
  };
}
