// One ticket, kept up to date: read when its number changes, read again when the live link says that it moved on.
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { Problem } from '@/shared/http';
import { live } from '@/shared/live';
import { newer } from '@/shared/rows';
import { readTicket } from '@/tickets/api';
import type { TicketView } from '@/tickets/types';

export function useTicket(number: Readonly<Ref<string | null>>) {
  const ticket = shallowRef<TicketView | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const isChanged = ref(false);
  let stop: () => void = () => undefined;

  async function load(): Promise<void> {
    const wanted = number.value;
    if (!wanted) return;
    try {
      const fresh = await readTicket(wanted);
      if (wanted === number.value) take(fresh);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (wanted === number.value) problem.value = error;
    }
  }

  /** The answer to one's own write and what the link tells: whichever is newer stays. */
  function take(fresh: TicketView): void {
    const known = ticket.value?.number === fresh.number ? ticket.value : null;
    isChanged.value = known !== null && known.version < fresh.version;
    ticket.value = newer(known, fresh);
    problem.value = null;
  }

  watch(
    number,
    (wanted) => {
      stop();
      problem.value = null;
      if (ticket.value?.number !== wanted) ticket.value = null;
      if (!wanted) return;
      stop = live.on<{ version: number } | null>(`ticket:${wanted}`, (row) => {
        if (ticket.value === null || (row && row.version > ticket.value.version)) void load();
      });
      void load();
    },
    { immediate: true },
  );
  onScopeDispose(() => stop());
  return { ticket, problem, isChanged, load, take };
}
