// A dry run looks at each ticket twice: as it was created, and at a change. What comes to the same is told once.
import type { Review } from './model';

export interface TicketReview { ticket: string; as: Review['as'][]; review: Review }

const outcome = (review: Review) => JSON.stringify([review.changes, review.would_do, review.cannot_do, review.note]);

export function byTicket(results: Review[]): { tickets: number; lines: TicketReview[] } {
  const lines: TicketReview[] = [];
  for (const review of results) {
    const ticket = String(review.ticket_id);
    const same = lines.find((each) => each.ticket === ticket && outcome(each.review) === outcome(review));
    if (same) same.as.push(review.as);
    else lines.push({ ticket, as: [review.as], review });
  }
  return { tickets: new Set(lines.map((each) => each.ticket)).size, lines };
}
