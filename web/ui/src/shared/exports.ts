// A list as a file: read from the server piece by piece, so that the page can show how far it is.
import { nameOf, queryString, refusal, type Query } from '@/shared/http';

export type FileKind = 'csv' | 'xlsx';

/** A list that can be taken away: the address of its rows, and what they are narrowed to. */
export interface ListFile {
  readonly path: string;
  readonly query?: Query;
}

export interface Exported {
  readonly file: Blob;
  readonly name: string;
  /** null where the list does not say */
  readonly rows: number | null;
}

/** How far a file is: a share of 0 to 1, or null where the list does not know how long it is; and what has come. */
export interface Progress {
  readonly share: number | null;
  readonly bytes: number;
}

/** A share is of a file whose length is estimated: it reaches 1 only at the end. */
export async function exportList(
  kind: FileKind,
  list: ListFile,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Exported> {
  const answer = await fetch(`/api${list.path}/export${queryString({ ...list.query, kind })}`, {
    signal,
    credentials: 'same-origin',
  });
  if (!answer.ok || !answer.body) throw await refusal(answer);
  const expected = Number(answer.headers.get('X-Expected-Bytes')) || null;
  const pieces = await readAll(answer.body, (bytes) =>
    tell({ bytes, share: expected && Math.min(bytes / expected, 0.99) }),
  );
  return {
    file: new Blob(pieces, { type: answer.headers.get('Content-Type') ?? '' }),
    name: nameOf(answer.headers.get('Content-Disposition')) || `list.${kind}`,
    rows: answer.headers.has('X-Row-Count') ? Number(answer.headers.get('X-Row-Count')) : null,
  };
}

export async function readAll(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  tell: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const reader = body.getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    pieces.push(piece.value);
    bytes += piece.value.length;
    tell(bytes);
  }
  return pieces;
}

/** Hand a file to the browser to keep. */
export function keepFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
