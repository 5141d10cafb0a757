// Talks to the server: JSON in and out, problems as values that a form can show at its fields.

export interface Fault {
  readonly loc: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly Fault[] | null;
  readonly [more: string]: unknown;
}

/** The server's refusal (RFC 9457), with a stable code and a sentence for the page. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly faults: readonly Fault[];
  readonly more: Readonly<Record<string, unknown>>;

  constructor(body: ProblemBody) {
    super(body.detail);
    this.status = body.status;
    this.code = body.code;
    this.faults = body.errors ?? [];
    this.more = body;
  }

  /** The server's sentence for each field of the body, by the field's name. */
  get fields(): Record<string, string> {
    const inBody = this.faults.filter((fault) => fault.loc[0] === 'body');
    const nameOf = (fault: Fault): string => fault.loc.slice(fault.loc[1] === 'form' ? 2 : 1).join('.');
    return Object.fromEntries(inBody.map((fault) => [nameOf(fault), fault.message]));
  }

  /** Whether trying again later can help. */
  get isPassing(): boolean {
    return this.status === 503 || this.status === 429 || this.status === 0;
  }
}

/** The server could not be reached; nothing is known about what it did. */
export class Unreachable extends Problem {
  constructor() {
    super({ status: 0, code: 'unreachable', detail: '' });
  }
}

export type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>;

interface Options {
  readonly query?: Query;
  readonly body?: unknown;
  /** Makes a creation safe to send again: the same key gives the same answer. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

let csrfToken = '';
let onLoggedOut: () => void = () => undefined;

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** What to do when the server no longer knows this log-in. */
export function whenLoggedOut(act: () => void): void {
  onLoggedOut = act;
}

export function newKey(): string {
  return crypto.randomUUID();
}

export function queryString(query: Query = {}): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value == null || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) pairs.append(name, String(one));
  }
  const text = pairs.toString();
  return text ? `?${text}` : '';
}

function headersFor(method: string, options: Options): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') headers['X-CSRF-Token'] = csrfToken;
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey;
  return headers;
}

async function problemOf(answer: Response): Promise<Problem> {
  const plain: ProblemBody = { status: answer.status, code: 'unknown_problem', detail: answer.statusText };
  if (!answer.headers.get('Content-Type')?.includes('json')) return new Problem(plain);
  return new Problem({ ...plain, ...((await answer.json()) as Partial<ProblemBody>) });
}

/** What to throw for an answer that was refused. */
export async function refusal(answer: Response): Promise<Problem> {
  const problem = await problemOf(answer);
  if (problem.status === 401) onLoggedOut();
  return problem;
}

/** A file as the whole body, since tables are larger than other bodies. */
export async function uploaded<T>(path: string, query: Query, file: File): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api${path}${queryString(query)}`, {
      method: 'POST',
      headers: { Accept: 'application/json', 'X-CSRF-Token': csrfToken, 'Content-Type': 'application/octet-stream' },
      body: file,
      credentials: 'same-origin',
    });
  } catch {
    throw new Unreachable();
  }
  return answered<T>(answer);
}

/** The name that the server gives a file (RFC 6266). */
export function nameOf(disposition: string | null): string {
  const [, encoded, plain] = /filename\*=UTF-8''([^;]+)|filename="([^"]+)"/.exec(disposition ?? '') ?? [];
  return encoded ? decodeURIComponent(encoded) : (plain ?? '');
}

async function answered<T>(answer: Response): Promise<T> {
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
  throw await refusal(answer);
}

async function send<T>(method: string, path: string, options: Options = {}): Promise<T> {
  return answered<T>(await asked(method, path, options));
}

/** A file that is made for whoever asks, so that a refusal can still be told in words. */
async function fetched(path: string, body: unknown): Promise<{ file: Blob; name: string }> {
  const answer = await asked('POST', path, { body });
  if (!answer.ok) throw await refusal(answer);
  return { file: await answer.blob(), name: nameOf(answer.headers.get('Content-Disposition')) };
}

async function asked(method: string, path: string, options: Options): Promise<Response> {
  try {
    return await fetch(`/api${path}${queryString(options.query)}`, {
      method,
      headers: headersFor(method, options),
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ?? null,
      credentials: 'same-origin',
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Unreachable();
  }
}

export const http = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    send<T>('GET', path, { ...(query && { query }), ...(signal && { signal }) }),
  post: <T>(path: string, body?: unknown, idempotencyKey?: string) =>
    send<T>('POST', path, { body, ...(idempotencyKey && { idempotencyKey }) }),
  put: <T>(path: string, body: unknown) => send<T>('PUT', path, { body }),
  patch: <T>(path: string, body: unknown) => send<T>('PATCH', path, { body }),
  delete: <T>(path: string) => send<T>('DELETE', path),
  file: fetched,
};
