// What time it is for the server: a demo runs on a pinned clock, and no desk clock is exact.
import { readonly, ref } from 'vue';

let offsetMs = 0;
const now = ref(Date.now());

/** The server's time, renewed every second. */
export const serverNow = readonly(now);

/** Learn the server's time from one of its answers. */
export function setServerTime(moment: string): void {
  offsetMs = new Date(moment).getTime() - Date.now();
  tick();
}

export function tick(): void {
  now.value = Date.now() + offsetMs;
}

export function startClock(): void {
  window.setInterval(tick, 1000);
}
