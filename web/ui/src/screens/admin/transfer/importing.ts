// Sends tickets in portions, each with a key of its own, so that one that was cut off is not imported twice. Waits where the
// server is busy, goes on without what it refuses, and ends between two portions when it is told to.
import { ApiError, type Id } from '@/api/http';
import { detailWords, fieldName, aboutField, itemWords } from '@/api/said';
import type { Wanted } from './read';

export interface Refused { line: number; subject: string; why: string; ticket: Wanted['ticket'] }
export interface Outcome { done: number; refused: Refused[]; first: Id | null; left: Wanted[]; trouble: unknown }
interface Item { index: number; id?: Id | null; success?: boolean; error?: string; details?: string }
export type Send = (tickets: Wanted['ticket'][], key: string) => Promise<Item[]>;
export interface Means { send: Send; wait: (ms: number) => Promise<void>; isStopped: () => boolean; told: (so: Outcome) => void; key?: () => string }

const kMost = 100; // of the server
const kBytesMost = 400_000; // of a body; it takes a megabyte
const kPatience = 6;

export function portionOf(tickets: Wanted[]): Wanted[] {
  let bytes = 0;
  const out: Wanted[] = [];
  for (const each of tickets) {
    bytes += JSON.stringify(each.ticket).length;
    if (out.length === kMost || (out.length > 0 && bytes > kBytesMost)) break;
    out.push(each);
  }
  return out;
}

const subjectOf = (each: Wanted) => String(each.ticket.subject ?? each.ticket.raw_subject ?? '').slice(0, 200);
const refusedOf = (each: Wanted, why: string): Refused => ({ line: each.line, subject: subjectOf(each), why, ticket: each.ticket });

// {"tickets.3.requester_id": […]}: which of a portion were refused before any was imported, and why.
export function refusedIn(problem: ApiError): Map<number, string> {
  const out = new Map<number, string>();
  for (const [place, list] of Object.entries(problem.problem.details ?? {})) {
    const [, at, field = ''] = /^tickets\.(\d+)\.?(.*)$/.exec(place) ?? [];
    if (at !== undefined && list[0] && !out.has(Number(at))) out.set(Number(at), field ? aboutField(fieldName(field), detailWords(list[0])) : detailWords(list[0]));
  }
  return out;
}

const isPassing = (problem: unknown) => problem instanceof ApiError && (problem.status === 0 || problem.status === 409 || problem.status === 429 || problem.status === 503 || problem.status === 504);

async function patiently(portion: Wanted[], key: string, means: Means): Promise<Item[]> {
  for (let tries = 1; ; tries += 1) {
    try { return await means.send(portion.map((each) => each.ticket), key); } catch (problem) {
      if (!isPassing(problem) || tries >= kPatience || means.isStopped()) throw problem;
      await means.wait(Math.min(60_000, Math.max(1000 * 2 ** tries, (problem as ApiError).retryAfter * 1000)));
    }
  }
}

export async function importAll(tickets: Wanted[], means: Means): Promise<Outcome> {
  const key = means.key ?? (() => crypto.randomUUID());
  const out: Outcome = { done: 0, refused: [], first: null, left: [...tickets], trouble: null };
  let most = kMost;
  while (out.left.length > 0 && !means.isStopped()) {
    const portion = portionOf(out.left).slice(0, most);
    try {
      const items = await patiently(portion, key(), means);
      for (const item of items) {
        const each = portion[item.index];
        if (!each) continue;
        if (item.success) { out.done += 1; out.first ??= item.id ?? null; } else out.refused.push(refusedOf(each, itemWords(item.error, item.details)));
      }
      out.left = out.left.slice(portion.length);
      most = kMost;
    } catch (problem) {
      const refused = problem instanceof ApiError && problem.status === 422 ? refusedIn(problem) : new Map<number, string>();
      if (refused.size > 0) {
        out.refused.push(...portion.flatMap((each, at) => (refused.has(at) ? [refusedOf(each, refused.get(at)!)] : [])));
        out.left = [...portion.filter((_, at) => !refused.has(at)), ...out.left.slice(portion.length)];
      } else if (problem instanceof ApiError && (problem.status === 413 || problem.status === 422) && portion.length > 1) {
        most = Math.ceil(portion.length / 2);
      } else if (problem instanceof ApiError && (problem.status === 413 || problem.status === 422)) {
        out.refused.push(refusedOf(portion[0]!, problem.words));
        out.left = out.left.slice(1);
      } else {
        out.trouble = problem;
        break;
      }
    }
    means.told({ ...out });
  }
  return out;
}
