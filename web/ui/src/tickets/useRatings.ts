// What the citizen of a ticket was asked and what they said: read with the ticket, again when it has changed.
import { computed, onScopeDispose, shallowRef, watch } from 'vue';
import { Problem } from '@/shared/http';
import { readRatings } from '@/tickets/api';
import type { Invitation, Ratings } from '@/tickets/types';

/** States in which an answer still counts. */
const OPEN: readonly Invitation['state'][] = ['invited', 'to_call', 'undelivered'];

/** What counts: of the last round that was rated, the last correction; what was said of a repair is no part of it. */
export function lastWord(ratings: Ratings['ratings']): Ratings['ratings'][number] | null {
  return ratings.filter(({ is_current, subject }) => is_current && subject !== 'repair').at(-1) ?? null;
}

export function useRatings(ticket: () => { readonly number: string; readonly version: number }) {
  const found = shallowRef<Ratings | null>(null);
  let isGone = false;

  async function load(): Promise<void> {
    const { number } = ticket();
    try {
      const fresh = await readRatings(number);
      if (!isGone && number === ticket().number) found.value = fresh;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // The ticket is read without it; the next change asks again.
      found.value = null;
    }
  }

  watch(
    () => `${ticket().number} ${ticket().version}`,
    () => void load(),
    { immediate: true },
  );
  onScopeDispose(() => (isGone = true));

  const invitation = computed(() => found.value?.invitations.at(-1) ?? null);
  const open = computed(() => (invitation.value && OPEN.includes(invitation.value.state) ? invitation.value : null));
  /** Of what is asked about now: what the hotline answered at once is not what a unit did later. */
  const isOfPresent = (subject: string): boolean =>
    invitation.value === null || invitation.value.subject === 'repair' || subject === invitation.value.subject;
  const rating = computed(() => lastWord((found.value?.ratings ?? []).filter(({ subject }) => isOfPresent(subject))));
  const isClassFirst = computed(() => found.value?.is_class_first ?? false);
  const plan = computed(() => found.value?.plan ?? []);
  const attempts = computed(() => found.value?.attempts ?? []);
  return { invitation, open, rating, plan, attempts, isClassFirst, load };
}
