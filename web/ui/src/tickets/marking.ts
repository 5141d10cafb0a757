// Cuts a text where given words stand in it.

export interface Part {
  readonly text: string;
  readonly isMarked: boolean;
}

const SPECIAL = /[.*+?^${}()|[\]\\]/g;

/** The whole text in its order; the longer of two words that begin at the same place is marked. */
export function parted(text: string, words: readonly string[]): Part[] {
  const sought = [...new Set(words.filter(Boolean))].sort((a, b) => b.length - a.length);
  if (sought.length === 0) return [{ text, isMarked: false }];
  const pattern = new RegExp(`(${sought.map((word) => word.replace(SPECIAL, '\\$&')).join('|')})`);
  return text
    .split(pattern)
    .map((part, at) => ({ text: part, isMarked: at % 2 === 1 }))
    .filter((part) => part.text !== '');
}
