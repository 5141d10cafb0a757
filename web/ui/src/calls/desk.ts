// The desk: which drafts are open, which one is in front, what came of the call. Nothing of it is lost on reload.
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import * as api from '@/calls/api';
import type { TicketForm } from '@/calls/draftForm';
import { useJoins } from '@/calls/joins';
import type { CallOutcome, CallPop, CallRow, DraftView, OutcomeForm, Registered, VoidReason } from '@/calls/types';
import { onLogOut, useSession } from '@/session/store';
import { serverNow } from '@/shared/clock';
import { isoDay } from '@/shared/times';
import { newKey } from '@/shared/http';
import { sentence, useNotices } from '@/shared/notices';

const keyOf = (id: number): string => `draft.${id}`;

interface Kept {
  readonly version: number;
  readonly form: TicketForm;
}

export const useDesk = defineStore('desk', () => {
  const notices = useNotices();
  const session = useSession();
  const callId = ref<number | null>(null);
  const pop = shallowRef<CallPop | null>(null);
  const drafts = ref<DraftView[]>([]);
  const activeId = ref<number | null>(null);
  const receipt = shallowRef<Registered | null>(null);
  const makeUp = shallowRef<readonly CallRow[]>([]);
  const answeredToday = ref<number | null>(null);
  /** what stands here between calls has been read; until then nothing of it is a figure */
  const isIdleKnown = ref(false);
  const idleFault = ref('');
  const outcome = ref<CallOutcome | null>(null);
  const hasOutcome = ref(false);
  const sendKeys = new Map<number, string>();

  const ofCall = computed(() => drafts.value.filter(({ call_id }) => call_id === callId.value));
  const unfinished = computed(() =>
    drafts.value.filter(({ call_id }) => call_id !== callId.value || callId.value === null),
  );
  const active = computed(() => drafts.value.find(({ id }) => id === activeId.value) ?? null);
  const joins = useJoins(activeId);

  /** What the server kept, with what this browser had not yet handed over. */
  function restored(draft: DraftView): DraftView {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(draft.id)) ?? 'null') as Kept | null;
    joins.restore(draft.id);
    return kept?.version === draft.version ? { ...draft, form: kept.form } : draft;
  }

  function put(draft: DraftView): void {
    const others = drafts.value.filter(({ id }) => id !== draft.id);
    drafts.value = [...others, restored(draft)].sort((a, b) => a.id - b.id);
  }

  async function loadDrafts(): Promise<void> {
    const found = await api.readDrafts();
    const typing = active.value;
    drafts.value = found.map((draft) => (typing?.id === draft.id ? typing : restored(draft)));
    if (!active.value) activeId.value = ofCall.value[0]?.id ?? null;
  }

  async function loadIdle(): Promise<void> {
    try {
      const [, calls, answered] = await Promise.all([
        loadDrafts(),
        api.readCallsWithoutOutcome(),
        api.countAnswered(session.person?.id ?? 0, `${isoDay(serverNow.value)}T00:00:00+08:00`),
      ]);
      makeUp.value = calls;
      answeredToday.value = answered;
      isIdleKnown.value = true;
      idleFault.value = '';
    } catch (error) {
      idleFault.value = sentence(error);
    }
  }

  /** A call is at the seat: show who calls, before the first word. */
  async function arrive(id: number): Promise<void> {
    if (callId.value === id && pop.value) return;
    callId.value = id;
    pop.value = null;
    activeId.value = null;
    receipt.value = null;
    outcome.value = null;
    hasOutcome.value = false;
    try {
      const found = await api.readPop(id);
      if (callId.value === id) pop.value = found;
    } catch (error) {
      notices.refuse(error);
    }
  }

  /** The caller is on the line: their draft is the form. */
  async function answered(id: number): Promise<void> {
    if (active.value?.call_id === id) return;
    await openDraft(id);
  }

  async function openDraft(forCall: number | null): Promise<void> {
    try {
      const draft = await api.openDraft(forCall);
      put(draft);
      activeId.value = draft.id;
      receipt.value = null;
    } catch (error) {
      notices.refuse(error);
    }
  }

  /** Go on with a call that ended without an outcome. */
  async function resume(id: number): Promise<void> {
    await arrive(id);
    await openDraft(id);
  }

  async function another(): Promise<void> {
    if (!active.value) return;
    try {
      const draft = await api.addMatter(active.value.id);
      put(draft);
      activeId.value = draft.id;
    } catch (error) {
      notices.refuse(error);
    }
  }

  function show(draft: DraftView): void {
    activeId.value = draft.id;
    if (draft.call_id !== callId.value) void look(draft.call_id);
  }

  async function look(id: number | null): Promise<void> {
    if (id !== null)
      return arrive(id).then(() => void (activeId.value = drafts.value.find((one) => one.call_id === id)?.id ?? null));
    callId.value = null;
    pop.value = null;
  }

  /** Kept in this browser until the server has it. */
  function keep(draft: DraftView): void {
    const kept: Kept = { version: draft.version, form: draft.form };
    sessionStorage.setItem(keyOf(draft.id), JSON.stringify(kept));
  }

  /** Hand the form over; throws when the server does not take it, so that the saver tries again. */
  async function save(draft: DraftView): Promise<void> {
    const saved = await api.saveDraft(draft);
    const known = drafts.value.find(({ id }) => id === saved.id);
    if (known) Object.assign(known, { version: saved.version, saved_at: saved.saved_at });
    sessionStorage.removeItem(keyOf(draft.id));
  }

  async function register(draft: DraftView): Promise<Registered> {
    const parent = joins.parentOf(draft.id);
    // Sent again after a change of mind it is another request.
    const key = sendKeys.get(draft.id) ?? newKey();
    sendKeys.set(draft.id, key);
    const made = await api.registerDraft(draft, `${key}${parent ?? ''}`, parent);
    forgetDraft(draft.id);
    receipt.value = made;
    if (draft.call_id !== null && !hasOutcome.value) await recordOutcome(draft.call_id, { outcome: 'ticket' });
    return made;
  }

  async function discard(draft: DraftView, reason: VoidReason): Promise<boolean> {
    try {
      await api.discardDraft(draft.id, reason);
      forgetDraft(draft.id);
      return true;
    } catch (error) {
      notices.refuse(error);
      return false;
    }
  }

  function forgetDraft(id: number): void {
    drafts.value = drafts.value.filter((draft) => draft.id !== id);
    sessionStorage.removeItem(keyOf(id));
    joins.forget(id);
    if (activeId.value === id) activeId.value = ofCall.value[0]?.id ?? null;
  }

  async function recordOutcome(id: number, form: OutcomeForm): Promise<void> {
    await api.recordOutcome(id, form);
    makeUp.value = makeUp.value.filter((call) => call.id !== id);
    if (id === callId.value) {
      hasOutcome.value = true;
      outcome.value = form.outcome;
    }
  }

  /** The desk is free again: what is not finished waits in 未完成. */
  function clear(): void {
    callId.value = null;
    pop.value = null;
    activeId.value = null;
    receipt.value = null;
    outcome.value = null;
    hasOutcome.value = false;
  }

  onLogOut(() => {
    clear();
    drafts.value = [];
    makeUp.value = [];
    sendKeys.clear();
    joins.clear();
  });

  return {
    callId,
    pop,
    drafts,
    ofCall,
    unfinished,
    active,
    activeId,
    receipt,
    joined: joins.joined,
    makeUp,
    answeredToday,
    isIdleKnown,
    idleFault,
    outcome,
    hasOutcome,
    loadIdle,
    arrive,
    answered,
    openDraft,
    resume,
    another,
    show,
    join: joins.join,
    look,
    keep,
    save,
    register,
    discard,
    recordOutcome,
    clear,
  };
});
