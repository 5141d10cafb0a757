// Moments and durations as people read them. Everything is shown in the city's own time zone.
import { isSoon } from '@/shared/soon';

const ZONE = 'Asia/Shanghai';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Parts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

const formatter = new Intl.DateTimeFormat('zh-CN', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

function partsOf(moment: Date): Parts {
  return Object.fromEntries(
    formatter.formatToParts(moment).map(({ type, value }) => [type, value]),
  ) as unknown as Parts;
}

/** Days since 1970 in the city's zone (UTC+8 all year), so that today and yesterday can be told apart. */
function dayNumber(moment: Date): number {
  return Math.floor((moment.getTime() + 8 * HOUR) / DAY);
}

/** 今天 14:05, 昨天 14:05, 10-13 14:05, and with the year when it is another one. */
export function shortMoment(moment: string, now: number): string {
  const then = new Date(moment);
  const { year, month, day, hour, minute } = partsOf(then);
  const age = dayNumber(new Date(now)) - dayNumber(then);
  if (age === 0) return `今天 ${hour}:${minute}`;
  if (age === 1) return `昨天 ${hour}:${minute}`;
  const date = year === partsOf(new Date(now)).year ? `${month}-${day}` : `${year}-${month}-${day}`;
  return `${date} ${hour}:${minute}`;
}

/** 2026-10-13 14:05:12 */
export function fullMoment(moment: string): string {
  const { year, month, day, hour, minute, second } = partsOf(new Date(moment));
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}

/** 14:05:12 */
export function clockTime(moment: string | number): string {
  const { hour, minute, second } = partsOf(new Date(moment));
  return `${hour}:${minute}:${second}`;
}

/** 2026-10-13 */
export function isoDay(moment: string | number): string {
  const { year, month, day } = partsOf(new Date(moment));
  return `${year}-${month}-${day}`;
}

/** 2026-10-13T14:05:00, as a date picker reads and writes it */
export function localMoment(moment: number): string {
  const { hour, minute, second } = partsOf(new Date(moment));
  return `${isoDay(moment)}T${hour}:${minute}:${second}`;
}

/** A limit, 10-20 17:00; a limit that ends with the day is stored as the next 00:00 and read as 24:00 of its own day. */
export function dueMoment(moment: string): string {
  const then = new Date(moment);
  const { hour, minute, second } = partsOf(then);
  const isMidnight = `${hour}${minute}${second}` === '000000';
  const { month, day } = isMidnight ? partsOf(new Date(then.getTime() - 1000)) : partsOf(then);
  return `${month}-${day} ${isMidnight ? '24:00' : `${hour}:${minute}`}`;
}

/** 3 分 20 秒 */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} 秒`;
  if (whole < 3600) return `${Math.floor(whole / 60)} 分 ${whole % 60} 秒`;
  return `${Math.floor(whole / 3600)} 时 ${Math.floor((whole % 3600) / 60)} 分`;
}

/** 03:20, for a timer that runs */
export function timer(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (n: number): string => String(n).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${pad(minutes)}:${pad(rest)}`;
}

export type Urgency = 'good' | 'soon' | 'late';

export interface Remaining {
  /** 剩 1 天 3 时 / 超 5 时 */
  readonly text: string;
  readonly signal: Urgency;
}

function span(ms: number): string {
  if (ms >= DAY) return `${Math.floor(ms / DAY)} 天 ${Math.floor((ms % DAY) / HOUR)} 时`;
  if (ms >= HOUR) return `${Math.floor(ms / HOUR)} 时 ${Math.floor((ms % HOUR) / MINUTE)} 分`;
  return `${Math.max(0, Math.floor(ms / MINUTE))} 分`;
}

/** How long until a limit; amber once it is soon due, or where the matter has a measure of its own, within `soonMs`. */
export function remaining(due: string, now: number, soonMs?: number): Remaining {
  const ends = new Date(due).getTime();
  const left = ends - now;
  if (left <= 0) return { text: `超 ${span(-left)}`, signal: 'late' };
  const soon = soonMs === undefined ? isSoon(ends, now, isoDay(now)) : left <= soonMs;
  return { text: `剩 ${span(left)}`, signal: soon ? 'soon' : 'good' };
}
