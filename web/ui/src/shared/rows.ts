// Which of two copies of a row is newer: the answer to one's own write and the live delta come in any order.

export interface Versioned {
  readonly version: number;
}

/** The newer of what we have and what has come. */
export function newer<Row extends Versioned>(ours: Row | null | undefined, theirs: Row): Row {
  return ours && ours.version > theirs.version ? ours : theirs;
}
