// Who else has the same ticket open at this moment, by name; watching is being there.
import { computed, onScopeDispose, shallowRef, watch } from 'vue';
import { useSession } from '@/session/store';
import { live } from '@/shared/live';

export interface PersonPresent {
  readonly id: number;
  readonly name: string;
  readonly unit: string;
}

/** Everybody but oneself, each once. */
export function others(people: readonly PersonPresent[], ownId: number | undefined): readonly PersonPresent[] {
  return people.filter(({ id }) => id !== ownId);
}

export function usePresence(number: () => string) {
  const session = useSession();
  const people = shallowRef<readonly PersonPresent[]>([]);
  let stop: () => void = () => undefined;

  watch(
    number,
    (wanted) => {
      stop();
      people.value = [];
      stop = live.on<{ people: readonly PersonPresent[] } | null>(`presence:${wanted}`, (row) => {
        people.value = row?.people ?? [];
      });
    },
    { immediate: true },
  );
  onScopeDispose(() => stop());
  return computed(() => others(people.value, session.person?.id));
}
