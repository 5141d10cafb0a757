// The seat, its call and the queue: seeded by a snapshot, changed only by the live link.
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import * as api from '@/calls/api';
import type { PauseReason, QueueView, SeatView } from '@/calls/types';
import { onLogOut, useSession } from '@/session/store';
import { serverNow } from '@/shared/clock';
import { live } from '@/shared/live';
import { useNotices } from '@/shared/notices';
import { newer } from '@/shared/rows';

/** While the caller is on the line, hanging up takes two presses within this time. */
const TWICE_MS = 2000;

export const useCalls = defineStore('calls', () => {
  const notices = useNotices();
  const session = useSession();
  const seat = shallowRef<SeatView | null>(null);
  /** Seats that nobody sits at. */
  const free = shallowRef<readonly SeatView[]>([]);
  const queue = shallowRef<QueueView | null>(null);
  const isKnown = ref(false);
  const hangUpAskedAt = ref(0);
  let stops: (() => void)[] = [];

  const call = computed(() => seat.value?.call ?? null);
  const state = computed(() => seat.value?.state ?? 'signed_out');
  const stateS = computed(() =>
    seat.value ? Math.max(0, (serverNow.value - new Date(seat.value.state_since).getTime()) / 1000) : 0,
  );
  const wrapUpLeftS = computed(() => {
    const until = seat.value?.wrap_up_until;
    return until ? Math.max(0, (new Date(until).getTime() - serverNow.value) / 1000) : 0;
  });
  const isHangUpAsked = computed(() => serverNow.value - hangUpAskedAt.value < TWICE_MS);

  function take(fresh: SeatView): void {
    const isOther = seat.value?.id !== fresh.id;
    seat.value = isOther ? fresh : newer(seat.value, fresh);
    if (isOther) watchSeat(fresh);
    if (fresh.person_id === null) forget();
  }

  function watchSeat(own: SeatView): void {
    stopWatching();
    stops = [
      live.on<SeatView | null>(`seat:${own.id}`, (row) => row && take(row)),
      live.on<QueueView | null>(`queue:${own.queue}`, (row) => (queue.value = row)),
    ];
  }

  /** Find the seat this person sits at, if any. */
  async function load(): Promise<void> {
    try {
      const seats = await api.readSeats();
      const own = seats.find(({ person_id }) => person_id !== null && person_id === session.person?.id);
      free.value = seats.filter(({ person_id }) => person_id === null);
      if (own) take(own);
    } catch (error) {
      notices.refuse(error);
    } finally {
      isKnown.value = true;
    }
  }

  async function act(doing: () => Promise<SeatView>): Promise<void> {
    try {
      take(await doing());
    } catch (error) {
      notices.refuse(error);
    }
  }

  /** What a seat asks of its call comes back as news of the seat, not as an answer. */
  async function steer(verb: api.Verb): Promise<void> {
    if (!call.value) return;
    try {
      await api.steer(call.value.id, verb);
    } catch (error) {
      notices.refuse(error);
    }
  }

  async function hangUp(): Promise<void> {
    const isTalking = state.value === 'talking' || state.value === 'holding';
    if (isTalking && !isHangUpAsked.value) {
      hangUpAskedAt.value = serverNow.value;
      return;
    }
    hangUpAskedAt.value = 0;
    await steer('hang-up');
  }

  async function leave(): Promise<void> {
    try {
      await api.leaveSeat();
      forget();
      await load();
    } catch (error) {
      notices.refuse(error);
    }
  }

  function stopWatching(): void {
    for (const stop of stops) stop();
    stops = [];
  }

  function forget(): void {
    stopWatching();
    seat.value = null;
    queue.value = null;
  }

  onLogOut(() => {
    forget();
    isKnown.value = false;
  });

  return {
    seat,
    free,
    call,
    queue,
    state,
    stateS,
    wrapUpLeftS,
    isKnown,
    isHangUpAsked,
    load,
    leave,
    steer,
    hangUp,
    sit: (number: string) => act(() => api.takeSeat(number)),
    ready: () => act(api.makeReady),
    pause: (reason: PauseReason) => act(() => api.pause(reason)),
    extendWrapUp: (reason: string) => act(() => api.extendWrapUp(reason)),
  };
});
