// 致电: the call that this person is making, followed live wherever they go on this page; one at a time.
import { computed, effectScope, shallowRef, type EffectScope } from 'vue';
import { useLive } from '@/shared/live';
import { onLogOut } from '@/session/store';
import { callCitizen } from '@/tickets/api';
import type { BridgedCall } from '@/tickets/types';

interface OwnCall {
  readonly number: string;
  readonly call: BridgedCall;
}

const current = shallowRef<OwnCall | null>(null);
let following: EffectScope | null = null;

function follow(number: string, call: BridgedCall): void {
  following?.stop();
  current.value = { number, call };
  following = effectScope(true);
  following.run(() =>
    useLive<BridgedCall | null>(`bridge:${call.id}`, (row) => {
      if (row && row.version >= (current.value?.call.version ?? 0)) current.value = { number, call: row };
    }),
  );
}

function forget(): void {
  following?.stop();
  following = null;
  current.value = null;
}

onLogOut(forget);

export function useOwnCall() {
  return {
    current,
    isRunning: computed(() => current.value !== null && current.value.call.state !== 'ended'),
    forget,
    async start(number: string, ownPhone: string): Promise<void> {
      follow(number, await callCitizen(number, ownPhone));
    },
  };
}
