// A list that changes while somebody reads it: what is known is renewed in its place, what is new waits for a press.

export interface Renewed<Row> {
  readonly rows: Row[];
  /** How many have come that are not shown yet. */
  readonly arrived: number;
}

/** `fresh` is the first page as it is now; rows past its end are not judged by it. */
export function renewed<Row>(
  shown: readonly Row[],
  fresh: readonly Row[],
  keyOf: (row: Row) => string,
  isWhole: boolean,
): Renewed<Row> {
  const now = new Map(fresh.map((row) => [keyOf(row), row]));
  const known = new Set(shown.map(keyOf));
  const judged = isWhole ? shown.length : fresh.length;
  const kept = shown.flatMap((row, at) => now.get(keyOf(row)) ?? (at < judged ? [] : row));
  return { rows: kept, arrived: fresh.filter((row) => !known.has(keyOf(row))).length };
}
