// The log-in: who works here, what they may see, and what is wiped when they leave.
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import * as api from '@/session/api';
import type { Role, Session } from '@/session/types';
import { setServerTime } from '@/shared/clock';
import { Problem, setCsrfToken } from '@/shared/http';
import { live } from '@/shared/live';
import { loadSoon } from '@/shared/soon';

/** Whose half-written texts lie in this tab; somebody else must not find them. */
const WRITER = 'hotline.writer';
/** Set while somebody is logged in here, so that a fresh browser need not ask the server whether it knows us. */
const MARK = 'hotline.logged-in';

type Wipe = () => void;
const wipes = new Set<Wipe>();

/** Register what must be forgotten at log-out: seats are shared, and drafts hold personal data. */
export function onLogOut(wipe: Wipe): void {
  wipes.add(wipe);
}

export const useSession = defineStore('session', () => {
  const session = shallowRef<Session | null>(null);
  const isKnown = ref(false);
  const hasExpired = ref(false);

  const person = computed(() => session.value?.person ?? null);
  const roles = computed<readonly Role[]>(() => (person.value?.roles ?? []) as Role[]);

  function take(fresh: Session): void {
    if (sessionStorage.getItem(WRITER) !== String(fresh.person.id)) sessionStorage.clear();
    sessionStorage.setItem(WRITER, String(fresh.person.id));
    setCsrfToken(fresh.csrf_token);
    setServerTime(fresh.now);
    session.value = fresh;
    hasExpired.value = false;
    isKnown.value = true;
    localStorage.setItem(MARK, '1');
    live.start(expire);
    void loadSoon();
  }

  /** Ask the server once whether the cookie still stands for somebody. */
  async function load(): Promise<void> {
    if (isKnown.value) return;
    if (!localStorage.getItem(MARK)) {
      isKnown.value = true;
      return;
    }
    try {
      take(await api.readSession());
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      localStorage.removeItem(MARK);
      isKnown.value = true;
    }
  }

  async function logIn(staffNumber: string, password: string): Promise<void> {
    take(await api.logIn(staffNumber, password));
  }

  async function logInByCode(phone: string, code: string): Promise<void> {
    take(await api.logInByCode(phone, code));
  }

  async function logOut(): Promise<void> {
    await api.logOut();
    sessionStorage.clear();
    forget();
  }

  function forget(): void {
    live.stop();
    session.value = null;
    setCsrfToken('');
    localStorage.removeItem(MARK);
    for (const wipe of wipes) wipe();
  }

  /** The server no longer knows us; what was not sent waits in this tab for the same person. */
  function expire(): void {
    if (!session.value) return;
    hasExpired.value = true;
    forget();
  }

  function is(...wanted: readonly Role[]): boolean {
    return wanted.some((role) => roles.value.includes(role));
  }

  return { session, person, roles, isKnown, hasExpired, load, logIn, logInByCode, logOut, expire, is };
});
