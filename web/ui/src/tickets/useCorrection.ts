// 更正要素: what somebody changes of a ticket. Fields that stand masked on the page begin empty and stay as they are.
import { computed, reactive, ref } from 'vue';
import type { TicketView } from '@/tickets/types';

/** What may be shown whole begins as it stands. */
const standing = (ticket: TicketView) => ({
  type: ticket.type,
  urgency: ticket.urgency,
  secrecy: ticket.secrecy,
  topic_id: ticket.topic_id ?? undefined,
  accused: ticket.accused,
  accused_unit_id: ticket.accused_unit_id,
  people_count: ticket.people_count as number | undefined,
});

export function useCorrection(ticket: TicketView) {
  const before = standing(ticket);
  const values = reactive({ ...before });
  const typed = reactive({ title: '', place_text: '', representative: '', caller_name: '', phone: '' });
  const reason = ref('');
  let placeId: number | null = null;

  /** A place in free words is none of the tree. */
  function setPlace(text: string, id: number | null): void {
    placeId = id;
    typed.place_text = text;
  }

  /** Free words accuse no unit. */
  function accuse(accused: string, unitId: number | null): void {
    Object.assign(values, { accused, accused_unit_id: unitId });
  }

  /** Only what is another than before. */
  const changes = computed(() => {
    return {
      ...Object.fromEntries(
        Object.entries(values).filter(([name, value]) => value !== before[name as keyof typeof before]),
      ),
      ...Object.fromEntries(Object.entries(typed).filter(([, text]) => text.trim())),
      ...(typed.place_text.trim() && { place_id: placeId }),
    };
  });
  const isChanged = computed(() => Object.keys(changes.value).length > 0);
  const body = computed(() => ({ ...changes.value, reason: reason.value.trim() }));

  return { values, typed, reason, setPlace, accuse, isChanged, body };
}
