// What stands around the ticket in front: others about the same matter, the same person's earlier ones, rulings.
import { computed, shallowRef, watch, type Ref } from 'vue';
import { Problem } from '@/shared/http';
import { readAround, readRulings } from '@/tickets/api';
import type { Around, Ruling, TicketView } from '@/tickets/types';

const NOTHING: Around = { similar: [], repeats: [], earlier: [] };

/** A repeat that no unit has had yet; what one has had already is asked about no more. */
export const isBareRepeat = (flags: readonly string[]): boolean =>
  flags.includes('repeat') && !flags.includes('returned');

export function useAround(ticket: Readonly<Ref<TicketView | null>>) {
  const around = shallowRef<Around>(NOTHING);
  const rulings = shallowRef<readonly Ruling[]>([]);

  async function load(number: string): Promise<void> {
    try {
      const [found, ruled] = await Promise.all([readAround(number), readRulings(number)]);
      if (number !== ticket.value?.number) return;
      around.value = found;
      rulings.value = ruled;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // The ticket can be sent without it; the next change asks again.
      around.value = NOTHING;
      rulings.value = [];
    }
  }

  watch(
    () => ticket.value && `${ticket.value.number} ${ticket.value.version}`,
    (now, before) => {
      if (now?.slice(0, 12) !== before?.slice(0, 12)) {
        around.value = NOTHING;
        rulings.value = [];
      }
      if (ticket.value) void load(ticket.value.number);
    },
    { immediate: true },
  );
  const waiting = computed(() => around.value.similar.filter(({ state }) => state === 'to_dispatch'));
  return { around, rulings, waiting };
}
