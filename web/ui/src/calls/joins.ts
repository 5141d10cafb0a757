// Which known matter each draft joins: kept in this browser until the draft is sent, as the form itself is.
import { computed, ref, type Ref } from 'vue';
import type { Nearby } from '@/calls/types';

const keyOf = (draftId: number): string => `draft.${draftId}.joins`;

export function useJoins(activeId: Readonly<Ref<number | null>>) {
  const joins = ref(new Map<number, Nearby>());
  const joined = computed(() => (activeId.value === null ? null : (joins.value.get(activeId.value) ?? null)));

  /** This caller is one more of that matter; null: a matter of its own after all. */
  function join(matter: Nearby | null): void {
    const id = activeId.value;
    if (id === null) return;
    if (!matter) return forget(id);
    joins.value.set(id, matter);
    sessionStorage.setItem(keyOf(id), JSON.stringify(matter));
  }

  function restore(draftId: number): void {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(draftId)) ?? 'null') as Nearby | null;
    if (kept) joins.value.set(draftId, kept);
  }

  function forget(draftId: number): void {
    joins.value.delete(draftId);
    sessionStorage.removeItem(keyOf(draftId));
  }

  const parentOf = (draftId: number): string | null => joins.value.get(draftId)?.number ?? null;
  return { joined, join, restore, forget, parentOf, clear: () => joins.value.clear() };
}
