// Ticket numbers: yymmdd + 5 running digits + 1 Damm check digit, shown and spoken in fours.

// Damm's quasigroup of order 10 (H. M. Damm, 2004): finds every single wrong digit and every swap of neighbours.
const DAMM = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
] as const;

/** 0 when the last digit is right. */
export function damm(digits: string): number {
  return [...digits].reduce((interim, digit) => Number(DAMM[interim]?.[Number(digit)]), 0);
}

/** 2610 1300 8210 */
export function inFours(number: string): string {
  return number.replace(/(\d{4})(?=\d)/g, '$1 ');
}

export type Typed = { kind: 'number'; number: string } | { kind: 'misheard' } | { kind: 'text'; text: string };

/** What somebody typed into the search: a ticket number in any width and spacing, one with a wrong digit, or words. */
export function readTyped(typed: string): Typed {
  const text = typed.trim();
  const digits = text.normalize('NFKC').replace(/[\s-]/g, '');
  if (!/^\d{12}$/.test(digits)) return { kind: 'text', text };
  return damm(digits) === 0 ? { kind: 'number', number: digits } : { kind: 'misheard' };
}
