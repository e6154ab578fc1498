// The conversation as it is shown: comments, and between them what else happened, collapsed into one line.
import type { Comment, TicketEvent } from '@/screens/desk/types';

export type Entry = { kind: 'comment'; comment: Comment } | { kind: 'events'; events: TicketEvent[] };

const kOwnLine = new Set(['created', 'comment']); // said by the comment itself

export function timeline(comments: Comment[], events: TicketEvent[]): Entry[] {
  const rest = events.filter((each) => !kOwnLine.has(each.kind));
  const out: Entry[] = [];
  let at = 0;
  const take = (until: number) => {
    const run: TicketEvent[] = [];
    while (at < rest.length && Date.parse(rest[at]!.created_at) < until) { run.push(rest[at]!); at += 1; }
    if (run.length > 0) out.push({ kind: 'events', events: run });
  };
  for (const comment of comments) {
    take(Date.parse(comment.created_at));
    out.push({ kind: 'comment', comment });
  }
  take(Infinity);
  return out;
}
