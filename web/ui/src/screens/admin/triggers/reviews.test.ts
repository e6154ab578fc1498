import { expect, test } from 'vitest';
import type { Review } from './model';
import { byTicket } from './reviews';

const review = (ticket_id: number, as: Review['as'], would_do: string[]): Review => ({ ticket_id, as, would_fire: true, conditions: [], changes: [], would_do, cannot_do: [], note: null });

test('a ticket counts once, and twice the same is one line', () => {
  const { tickets, lines } = byTicket([review(7, 'create', ['a']), review(7, 'change', ['a']), review(8, 'create', ['a']), review(8, 'change', ['b'])]);
  expect(tickets).toBe(2);
  expect(lines.map((each) => [each.ticket, each.as])).toEqual([['7', ['create', 'change']], ['8', ['create']], ['8', ['change']]]);
});
