// The words of a ticket cut into sentences, each with its place in the words as they were said.
import type { TicketPart } from '@/tickets/types';

export interface Sentence {
  readonly text: string;
  readonly begins: number;
  readonly ends: number;
}

const ENDS = /[。！？!?；;\n]/;

/** What is hidden is one piece; everything else a piece for each character. */
function pieces(parts: readonly TicketPart[]): Sentence[] {
  return parts.flatMap(({ words, begins: first, ends: last, is_hidden }) =>
    is_hidden
      ? [{ text: words, begins: first, ends: last }]
      : [...words].reduce<Sentence[]>((cut, text) => {
          const begins = cut.at(-1)?.ends ?? first;
          return [...cut, { text, begins, ends: begins + 1 }];
        }, []),
  );
}

export function sentences(parts: readonly TicketPart[]): Sentence[] {
  const found: Sentence[] = [];
  let open: Sentence | null = null;
  for (const { text, begins, ends } of pieces(parts)) {
    open = open ? { text: open.text + text, begins: open.begins, ends } : { text, begins, ends };
    if (!ENDS.test(text)) continue;
    found.push(open);
    open = null;
  }
  return open ? [...found, open] : found;
}
