// Requests to the API. Ids have up to 63 bits, more than a JavaScript number holds: integers of 16 digits and more are
// turned into strings before parsing, and the server takes ids as strings. So an Id is `number | string`; compare with
// sameId, and use String(id) as a key.
import { aboutField, detailWords, fieldName, generalWords, type ProblemDetail } from './said';
import type { AnswerOf } from './schema';

export type Id = number | string;
export const sameId = (a: Id | null | undefined, b: Id | null | undefined) => a != null && b != null && String(a) === String(b);

export interface Problem {
  type?: string;
  title?: string;
  detail?: string;
  description?: string;
  details?: Record<string, ProblemDetail[]>;
  [more: string]: unknown;
}

// RFC 9457; `status` 0 means that the server was not reached. `message` is what the server said, in English; people read the others.
export class ApiError extends Error {
  constructor(readonly status: number, readonly problem: Problem = {}, readonly retryAfter = 0) {
    super(problem.detail || problem.description || problem.title || (status ? `The server answered ${status}.` : 'The server was not reached.'));
  }

  // What the server said about one field of the body: "ticket.subject" or just its last part.
  said(field: string): string | undefined { return this.detail(field)?.description; }

  // The same in the page's language.
  about(field: string): string | undefined {
    const found = this.detail(field);
    return found && detailWords(found);
  }

  get general(): string { return generalWords(this.status, this.problem, this.retryAfter); }

  // The first message about a field, or the general one.
  get words(): string {
    const [first] = Object.entries(this.problem.details ?? {});
    const detail = first?.[1][0];
    if (!first || !detail) return this.general;
    return first[0] === 'base' ? detailWords(detail) : aboutField(fieldName(first[0]), detailWords(detail));
  }

  private detail(field: string): ProblemDetail | undefined {
    const found = Object.entries(this.problem.details ?? {}).find(([name]) => name === field || name.endsWith(`.${field}`));
    return found?.[1][0];
  }
}

export const wordsOf = (problem: unknown) => (problem instanceof ApiError ? problem.words : String((problem as Error)?.message ?? problem));

export interface Answer<T> { body: T; etag: string | null; headers: Headers }
export interface RequestOptions {
  json?: unknown;
  body?: BodyInit;
  type?: string; // of `body`
  etag?: string | null; // refuse (412) when somebody else has changed it since
  key?: string; // Idempotency-Key: a repeated POST is one change
  headers?: Record<string, string>;
  isSignIn?: boolean; // a 401 is an answer, not the end of the session
  signal?: AbortSignal;
}

let csrfToken = '';
let season = 0; // of one signed-in user: answers to an earlier one's questions change nothing
let onSignedOut = () => {};
let onStale: (() => Promise<boolean>) | null = null;
let onMustEnrol = () => {};

export const setCsrfToken = (token: string) => { csrfToken = token; };
export const csrfOf = () => csrfToken; // of requests that fetch() cannot make: an upload that tells how far it is
export const whenSignedOut = (callback: () => void) => { onSignedOut = callback; };
// Asks for a fresh proof of who is there; resolves to whether it was given. The request is then made again.
export const whenStale = (callback: () => Promise<boolean>) => { onStale = callback; };
// The policy has begun to demand a second factor of who is signed in: everything else is refused until there is one.
export const whenMustEnrol = (callback: () => void) => { onMustEnrol = callback; };
export const newSeason = () => { season += 1; csrfToken = ''; };

// Behind the string that begins before `at`. A search, not a pattern: a mail's text may have millions of characters.
function endOfString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

export function parseJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const token = /"|-?\d[\d.eE+-]*/g;
  const parts: string[] = [];
  let from = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if (found[0] === '"') {
      token.lastIndex = endOfString(text, token.lastIndex);
    } else if (/^-?\d{16,}$/.test(found[0])) {
      parts.push(text.slice(from, found.index), `"${found[0]}"`);
      from = token.lastIndex;
    }
  }
  parts.push(text.slice(from));
  return JSON.parse(parts.join(''));
}

function readBody(text: string): unknown {
  try { return text ? parseJson(text) : null; } catch { return null; }
}

function headersOf(method: string, options: RequestOptions): Record<string, string> {
  const all: Record<string, string> = { Accept: 'application/json', ...options.headers };
  if (options.json !== undefined) all['Content-Type'] = 'application/json';
  if (options.type) all['Content-Type'] = options.type;
  if (options.etag) all['If-Match'] = options.etag;
  if (options.key) all['Idempotency-Key'] = options.key;
  if (method !== 'GET' && csrfToken) all['X-CSRF-Token'] = csrfToken;
  return all;
}

export async function request<T>(method: string, path: string, options: RequestOptions = {}, isAgain = false): Promise<Answer<T>> {
  const mine = season;
  let response: Response;
  try {
    response = await fetch(path, {
      method, headers: headersOf(method, options), credentials: 'same-origin', cache: 'no-store', signal: options.signal,
      body: options.json !== undefined ? JSON.stringify(options.json) : options.body,
    });
  } catch (problem) {
    if (options.signal?.aborted) throw problem;
    throw new ApiError(0);
  }
  const parsed = response.status === 204 ? null : readBody(await response.text());
  if (mine !== season && !options.isSignIn) throw new ApiError(0, { title: 'Another user has signed in.' });
  if (response.ok) return { body: parsed as T, etag: response.headers.get('ETag'), headers: response.headers };
  const problem = (parsed ?? {}) as Problem;
  if (response.status === 401 && !options.isSignIn) onSignedOut();
  if (response.status === 403 && problem.type === 'urn:postern:problem:second-factor-required') onMustEnrol();
  const isStale = response.status === 403 && problem.type === 'urn:postern:problem:fresh-factor-required';
  if (isStale && onStale && !isAgain && (await onStale())) return request<T>(method, path, options, true);
  throw new ApiError(response.status, problem, Number(response.headers.get('Retry-After') ?? 0));
}

// What comes back is typed by the path as the API's document has it; a type that is given by hand stands for what that leaves open.
export function get<Path extends string>(path: Path, signal?: AbortSignal): Promise<AnswerOf<Path, 'get'>>;
export function get<T>(path: string, signal?: AbortSignal): Promise<T>;
export async function get(path: string, signal?: AbortSignal): Promise<unknown> { return (await request('GET', path, { signal })).body; }
export function post<Path extends string>(path: Path, json?: unknown, options?: RequestOptions): Promise<AnswerOf<Path, 'post'>>;
export function post<T>(path: string, json?: unknown, options?: RequestOptions): Promise<T>;
export async function post(path: string, json?: unknown, options: RequestOptions = {}): Promise<unknown> { return (await request('POST', path, { json, ...options })).body; }
export function put<Path extends string>(path: Path, json?: unknown, options?: RequestOptions): Promise<AnswerOf<Path, 'put'>>;
export function put<T>(path: string, json?: unknown, options?: RequestOptions): Promise<T>;
export async function put(path: string, json?: unknown, options: RequestOptions = {}): Promise<unknown> { return (await request('PUT', path, { json, ...options })).body; }
export function del<Path extends string>(path: Path, json?: unknown, options?: RequestOptions): Promise<AnswerOf<Path, 'delete'>>;
export function del<T>(path: string, json?: unknown, options?: RequestOptions): Promise<T>;
export async function del(path: string, json?: unknown, options: RequestOptions = {}): Promise<unknown> { return (await request('DELETE', path, { json, ...options })).body; }

// What is no JSON: a file, the raw form of a message. The caller looks at `ok` and reads as much of the body as it wants.
export const raw = (path: string, signal?: AbortSignal) => fetch(path, { credentials: 'same-origin', cache: 'no-store', signal });

// "?a=1&b=2", or nothing; undefined, null and '' are left out.
export function query(fields: Record<string, string | number | boolean | null | undefined>): `?${string}` {
  const all = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined && value !== null && value !== '') all.set(name, String(value));
  const text = all.toString();
  return (text ? `?${text}` : '') as `?${string}`; // as a type always there, so that a path ends before it
}
