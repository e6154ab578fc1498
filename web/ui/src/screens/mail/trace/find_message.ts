// The API cannot be asked for a Message-ID: the tickets of a time are looked through, newest first, until it shows.
import type { Id } from '@/api/http';
import { commentsPage, ticketsOfTime, type FoundTicket, type Message, type Period } from './api';

export interface MessageFound { ticket: FoundTicket; message: Message }
export interface Look { found: MessageFound | null; looked: number; total: number; isEnd: boolean }

const kPagesMax = 10; // of fifty tickets
const bare = (id: string) => id.replace(/^<|>$/g, '').toLowerCase();

async function messageIn(ticket: Id, id: string, signal: AbortSignal): Promise<Message | null> {
  for (let after = ''; ;) {
    const page = await commentsPage(ticket, after, signal);
    const found = page.comments.find((each) => bare(each.message_id ?? '') === id);
    if (found) return found;
    if (!page.meta.has_more || !page.meta.after_cursor) return null;
    after = page.meta.after_cursor;
  }
}

export async function* findMessage(messageId: string, period: Period, signal: AbortSignal): AsyncGenerator<Look> {
  const id = bare(messageId);
  let looked = 0;
  for (let page = 1; page <= kPagesMax; page += 1) {
    const answer = await ticketsOfTime(period, page, signal);
    for (const ticket of answer.results) {
      const message = await messageIn(ticket.id, id, signal);
      looked += 1;
      if (message) { yield { found: { ticket, message }, looked, total: answer.count, isEnd: true }; return; }
      yield { found: null, looked, total: answer.count, isEnd: false };
    }
    if (answer.next_page === null) break;
  }
  yield { found: null, looked, total: looked, isEnd: true };
}
