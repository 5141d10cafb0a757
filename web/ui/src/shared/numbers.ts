// Figures with their units; a rate never stands without its n.
const whole = new Intl.NumberFormat('zh-CN');

/** 1,420 */
export function count(n: number): string {
  return whole.format(n);
}

/** The same, or — for what has not been read: a 0 would be a figure. */
export function countOrDash(n: number | null | undefined): string {
  return n === null || n === undefined ? '—' : count(n);
}

/** 93.5 % */
export function percent(rate: number, digits = 1): string {
  return `${(rate * 100).toFixed(digits)} %`;
}

/** 89.8–95.9 */
export function interval([low, high]: readonly [number, number] | readonly number[]): string {
  return `${((low ?? 0) * 100).toFixed(1)}–${((high ?? 0) * 100).toFixed(1)}`;
}
