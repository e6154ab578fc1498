// Reads a whole list page by page and keeps each object as the server wrote it: one a line. Ids keep all of their digits.
import { ApiError } from '@/api/http';

export const kKinds = ['tickets', 'ticket_events', 'users', 'organizations'] as const;
export type Kind = (typeof kKinds)[number];

// The elements of a list of the outermost object, as text.
export function elementsOf(page: string, name: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let begin = -1;
  let isIn = false;
  let lastText = '';
  for (let at = 0; at < page.length; at += 1) {
    const sign = page[at];
    if (sign === '"') {
      const from = at + 1;
      for (at += 1; at < page.length && page[at] !== '"'; at += 1) if (page[at] === '\\') at += 1;
      if (depth === 1) lastText = page.slice(from, at);
    } else if (sign === '{' || sign === '[') {
      if (depth === 1 && sign === '[' && lastText === name) isIn = true;
      else if (depth === 2 && isIn) begin = at;
      depth += 1;
    } else if (sign === '}' || sign === ']') {
      depth -= 1;
      if (depth === 2 && isIn && begin >= 0) { out.push(page.slice(begin, at + 1)); begin = -1; }
      if (depth === 1) isIn = false;
    }
  }
  return out;
}

const tail = (page: string) => page.slice(-2000);
const textField = (page: string, name: string) => new RegExp(`"${name}":"((?:[^"\\\\]|\\\\.)*)"`).exec(tail(page))?.[1] ?? page.match(new RegExp(`"${name}":"((?:[^"\\\\]|\\\\.)*)"`))?.[1];
export const isEnd = (page: string) => /"end_of_stream":true/.test(tail(page)) || /"end_of_stream":true/.test(page.slice(0, 2000));

export const firstPath = (kind: Kind, since: number) => (kind === 'ticket_events' ? `/api/v2/incremental/ticket_events?start_time=${since}` : `/api/v2/incremental/${kind}/cursor?start_time=${since}`);
export function nextPath(kind: Kind, page: string): string | null {
  const next = textField(page, kind === 'ticket_events' ? 'next_page' : 'after_url');
  return next ? (JSON.parse(`"${next}"`) as string).replace(/^https?:\/\/[^/]+/, '') : null;
}

export interface Exported { parts: string[]; count: number; isWhole: boolean }
export interface Means { read: (path: string) => Promise<string>; wait: (ms: number) => Promise<void>; isStopped: () => boolean; told: (count: number) => void }
const kPatience = 6;

async function patiently(path: string, means: Means): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try { return await means.read(path); } catch (problem) {
      const isPassing = problem instanceof ApiError && (problem.status === 0 || problem.status === 429 || problem.status === 503);
      if (!isPassing || tries >= kPatience || means.isStopped()) throw problem;
      await means.wait(Math.min(60_000, Math.max(1000 * 2 ** tries, problem.retryAfter * 1000)));
    }
  }
}

export async function exportAll(kind: Kind, since: number, means: Means): Promise<Exported> {
  const out: Exported = { parts: [], count: 0, isWhole: false };
  let path: string | null = firstPath(kind, since);
  while (path && !means.isStopped()) {
    const page = await patiently(path, means);
    const found = elementsOf(page, kind);
    if (found.length > 0) out.parts.push(`${found.join('\n')}\n`);
    out.count += found.length;
    means.told(out.count);
    const next: string | null = nextPath(kind, page);
    if (isEnd(page) || !next || next === path) { out.isWhole = true; break; }
    path = next;
  }
  return out;
}
