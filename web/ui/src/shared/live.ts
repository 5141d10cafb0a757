// The one WebSocket of the page: subscribe, get a snapshot, then deltas numbered per connection.
import { onScopeDispose, reactive, readonly } from 'vue';
import { serverNow } from '@/shared/clock';

export interface LiveMessage {
  readonly topic: string;
  readonly kind: 'snapshot' | 'delta' | 'stale' | 'refused';
  readonly seq: number;
  readonly version?: number | null;
  readonly events?: readonly string[];
  readonly row?: unknown;
}

export type Hear<Row> = (row: Row, message: LiveMessage) => void;

interface Watch {
  readonly topic: string;
  readonly hear: Hear<never>;
}

/** Close code of web/live.py: the log-in has ended. */
const LOGGED_OUT = 4401;
/** The link counts as lost only after this long, so that a restart of the server does not flash a bar. */
const GRACE_MS = 1500;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

const state = reactive({ isLost: false, lostSince: null as number | null });
const watches = new Set<Watch>();
let socket: WebSocket | null = null;
let lastSeq = 0;
let failures = 0;
let retry: number | undefined;
let grace: number | undefined;
let isWanted = false;
let whenLoggedOut: () => void = () => undefined;

/** Whether the link is lost, and since when. */
export const link = readonly(state);

/** Wait before try number `failures`: doubling, at most 15 s, ±30 % so that a hundred desks do not come at once. */
export function waitBefore(failures: number, random: number): number {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
  return Math.round(wait * (0.7 + 0.6 * random));
}

/** Whether a message follows the last one; a gap means that something was missed. */
export function follows(last: number, seq: number): boolean {
  return seq === last + 1;
}

function connect(): void {
  const opened = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/live`);
  socket = opened;
  lastSeq = 0;
  opened.addEventListener('open', () => {
    failures = 0;
    window.clearTimeout(grace);
    grace = undefined;
    Object.assign(state, { isLost: false, lostSince: null });
    for (const topic of topics()) say({ subscribe: topic });
  });
  opened.addEventListener('message', (event: MessageEvent<string>) => {
    take(JSON.parse(event.data) as LiveMessage);
  });
  opened.addEventListener('close', (event) => {
    if (socket !== opened) return;
    socket = null;
    if (event.code === LOGGED_OUT) whenLoggedOut();
    if (isWanted) comeBack();
  });
}

function comeBack(): void {
  const now = serverNow.value;
  grace ??= window.setTimeout(() => Object.assign(state, { isLost: true, lostSince: now }), GRACE_MS);
  retry = window.setTimeout(connect, waitBefore(failures, Math.random()));
  failures += 1;
}

function take(message: LiveMessage): void {
  if (!follows(lastSeq, message.seq)) {
    // Close and start again: every topic gets a new snapshot.
    socket?.close();
    return;
  }
  lastSeq = message.seq;
  if (message.kind === 'stale') say({ unsubscribe: message.topic }, { subscribe: message.topic });
  if (message.kind !== 'snapshot' && message.kind !== 'delta') return;
  for (const watch of [...watches]) {
    if (watch.topic === message.topic) watch.hear(message.row as never, message);
  }
}

function topics(): Set<string> {
  return new Set([...watches].map((watch) => watch.topic));
}

function say(...wishes: object[]): void {
  if (socket?.readyState !== WebSocket.OPEN) return;
  for (const wish of wishes) socket.send(JSON.stringify(wish));
}

export const live = {
  /** Open the link; `loggedOut` is called when the server ends it because the log-in has ended. */
  start(loggedOut: () => void): void {
    whenLoggedOut = loggedOut;
    if (isWanted) return;
    isWanted = true;
    connect();
  },

  /** Whether a wish would be heard at once. */
  isOpen: (): boolean => socket?.readyState === WebSocket.OPEN,

  stop(): void {
    isWanted = false;
    window.clearTimeout(retry);
    window.clearTimeout(grace);
    grace = undefined;
    socket?.close();
    socket = null;
    Object.assign(state, { isLost: false, lostSince: null });
  },

  /** Hear a topic from its snapshot on; the returned function ends it. */
  on<Row>(topic: string, hear: Hear<Row>): () => void {
    const isFirst = !topics().has(topic);
    const watch: Watch = { topic, hear };
    watches.add(watch);
    // A second watcher of the same topic asks again, so that it too starts from a snapshot.
    if (isFirst) say({ subscribe: topic });
    else say({ unsubscribe: topic }, { subscribe: topic });
    return () => {
      if (watches.delete(watch) && !topics().has(topic)) say({ unsubscribe: topic });
    };
  },
};

/** Hear a topic while the calling scope lives. */
export function useLive<Row>(topic: string, hear: Hear<Row>): void {
  onScopeDispose(live.on(topic, hear));
}
