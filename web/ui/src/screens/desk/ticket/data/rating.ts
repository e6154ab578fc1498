// What the customer said of the help with a ticket. The ticket has the score alone, and the list of ratings cannot be asked for one
// ticket: the rating is looked for around the moment at which the ticket's history says that it was given.
import { useQuery } from '@tanstack/react-query';
import { get, query, sameId, type Id } from '@/api/http';
import type { Schema } from '@/api/schema';
import type { TicketEvent } from '@/screens/desk/types';

export type Rating = Schema<'Rating'>;
export type Given = 'good' | 'bad';
interface Page { satisfaction_ratings: Rating[]; meta: { has_more: boolean; after_cursor: string | null } }

const kAround = 2; // seconds: the history and the rating are of the same moment, told in whole seconds
const kPages = 5; // it may have been changed later; then it is somewhere behind
export const isGiven = (score: string | undefined): score is Given => score === 'good' || score === 'bad';

export function ratedAt(events: TicketEvent[]): string | null {
  return [...events].reverse().find((each) => each.kind === 'satisfaction')?.created_at ?? null;
}

export async function findRating(ticket: Id, score: Given, at: string, read: (path: string) => Promise<Page>): Promise<Rating | null> {
  const seconds = Math.floor(Date.parse(at) / 1000);
  const among = (page: Page) => page.satisfaction_ratings.find((each) => sameId(each.ticket_id, ticket)) ?? null;
  const path = (more: Record<string, string | number | undefined>) => `/api/v2/satisfaction_ratings${query({ score, start_time: seconds - kAround, 'page[size]': 100, ...more })}`;
  const found = among(await read(path({ end_time: seconds + kAround })));
  if (found) return found;
  let after: string | undefined;
  for (let pages = 0; pages < kPages; pages += 1) {
    const page = await read(path({ 'page[after]': after }));
    const later = among(page);
    if (later || !page.meta.has_more || !page.meta.after_cursor) return later;
    after = page.meta.after_cursor;
  }
  return null;
}

export const useRating = (ticket: Id, score: string | undefined, at: string | null) => useQuery({
  queryKey: ['ticket', String(ticket), 'rating', score, at], enabled: isGiven(score) && at !== null, staleTime: 60_000, retry: false,
  queryFn: ({ signal }) => findRating(ticket, score as Given, at ?? '', (path) => get<Page>(path, signal)),
});
