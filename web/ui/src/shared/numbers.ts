// Figures with their units; a rate never stands without its n.
const whole = new Intl.NumberFormat('zh-CN');

/** 1,420 */
export function count(n: number): string {
  return whole.format(n);
}

/** 93.5 % */
export function percent(rate: number, digits = 1): string {
  return `${(rate * 100).toFixed(digits)} %`;
}

/** 89.8–95.9 */
export function interval([low, high]: readonly [number, number] | readonly number[]): string {
  return `${((low ?? 0) * 100).toFixed(1)}–${((high ?? 0) * 100).toFixed(1)}`;
}
