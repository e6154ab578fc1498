// What a list shows line by line: tickets, and in a grouped view the name of a group before its first ticket.
import type { Ticket } from '@/screens/desk/types';

export type Item = { kind: 'ticket'; ticket: Ticket; at: number } | { kind: 'group'; title: string; key: string };
export interface Items { count: number; item: (index: number) => Item; indexOf: (id: string) => number }

const findTicket = (rows: Ticket[], id: string) => rows.findIndex((each) => String(each.id) === id);

export function itemsOf(rows: Ticket[], groupTitle?: (ticket: Ticket) => string): Items {
  if (!groupTitle) return { count: rows.length, item: (index) => ({ kind: 'ticket', ticket: rows[index]!, at: index }), indexOf: (id) => findTicket(rows, id) };
  const list: Item[] = [];
  let last: string | null = null;
  for (const [at, ticket] of rows.entries()) {
    const title = groupTitle(ticket);
    if (title !== last) list.push({ kind: 'group', title, key: `group ${list.length}` });
    last = title;
    list.push({ kind: 'ticket', ticket, at });
  }
  return { count: list.length, item: (index) => list[index]!, indexOf: (id) => list.findIndex((each) => each.kind === 'ticket' && String(each.ticket.id) === id) };
}
