// Several tickets of the inbox at once: which acts its tab allows, and the picked rows that they are done to.
import { computed, ref, type Ref } from 'vue';
import { useSession } from '@/session/store';
import type { BulkAct } from '@/tickets/bulk';
import { useCatalogue } from '@/tickets/catalogue';
import type { InboxRow, InboxTab } from '@/tickets/types';
import { unitsBelow } from '@/tickets/units';
import { usePicked } from '@/tickets/usePicked';
import { usePrint } from '@/tickets/usePrint';

const SENDING: readonly (InboxTab | null)[] = ['in_progress', 'rework'];

export function useInboxBatch(
  rows: Readonly<Ref<readonly InboxRow[]>>,
  tab: Readonly<Ref<InboxTab | null>>,
  reload: () => Promise<void>,
) {
  const session = useSession();
  const catalogue = useCatalogue();
  void catalogue.load();
  const { sheets } = usePrint();
  const { picked, numbers, isAll, pick, pickAll, keepOnly } = usePicked(rows);
  const asking = ref<BulkAct | null>(null);

  const units = computed(() => unitsBelow(catalogue.units, session.person?.unit_id));
  const acts = computed((): BulkAct[] => {
    if (tab.value === 'to_sign') return ['sign'];
    return SENDING.includes(tab.value) && units.value.length > 0 ? ['send_down'] : [];
  });

  function ask(act: BulkAct): void {
    if (acts.value.includes(act) && numbers.value.length > 0) asking.value = act;
  }

  /** What was refused stays picked, so that it can be looked at. */
  async function done(left: readonly string[]): Promise<void> {
    asking.value = null;
    keepOnly(left);
    await reload();
  }

  async function printAll(): Promise<void> {
    if (numbers.value.length > 0) await sheets(numbers.value);
  }

  return { picked, numbers, isAll, units, acts, asking, pick, pickAll, ask, done, printAll };
}
