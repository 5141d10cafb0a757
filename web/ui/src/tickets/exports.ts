// A list as a file: read from the server piece by piece, so that the page can show how far it is.
import { nameOf, queryString, refusal, type Query } from '@/shared/http';

export type FileKind = 'csv' | 'xlsx';

export interface Exported {
  readonly file: Blob;
  readonly name: string;
  readonly rows: number;
}

/** `tell` hears a share of 0 to 1 of a file whose length is estimated: it reaches 1 only at the end. */
export async function exportTickets(
  kind: FileKind,
  query: Query,
  tell: (share: number) => void,
  signal: AbortSignal,
): Promise<Exported> {
  const answer = await fetch(`/api/tickets/export${queryString({ ...query, kind })}`, {
    signal,
    credentials: 'same-origin',
  });
  if (!answer.ok || !answer.body) throw await refusal(answer);
  const expected = Number(answer.headers.get('X-Expected-Bytes')) || 1;
  const pieces = await readAll(answer.body, (bytes) => tell(Math.min(bytes / expected, 0.99)));
  tell(1);
  return {
    file: new Blob(pieces, { type: answer.headers.get('Content-Type') ?? '' }),
    name: nameOf(answer.headers.get('Content-Disposition')) || `tickets.${kind}`,
    rows: Number(answer.headers.get('X-Row-Count')),
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
