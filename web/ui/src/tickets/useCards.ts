// The three cards of the ticket in front: read with it, read again when it has changed.
import { ref, shallowRef, watch, type Ref } from 'vue';
import { sentence } from '@/shared/notices';
import { readCards } from '@/tickets/api';
import type { Card, TicketView } from '@/tickets/types';

export function useCards(ticket: Readonly<Ref<TicketView | null>>) {
  const cards = shallowRef<readonly Card[]>([]);
  const reason = ref('');

  async function loadCards(): Promise<void> {
    const wanted = ticket.value?.number;
    if (!wanted) return;
    try {
      const found = await readCards(wanted);
      if (wanted !== ticket.value?.number) return;
      cards.value = found.cards;
      reason.value = found.reason;
    } catch (error) {
      cards.value = [];
      reason.value = sentence(error);
    }
  }

  watch(
    () => ticket.value && `${ticket.value.number} ${ticket.value.version}`,
    (now, before) => {
      if (now?.slice(0, 12) !== before?.slice(0, 12)) cards.value = [];
      void loadCards();
    },
  );
  return { cards, reason, loadCards };
}
