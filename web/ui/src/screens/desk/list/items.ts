// What a list shows line by line: tickets, and in a grouped view the name of a group before its first ticket.
import type { Ticket } from '@/screens/desk/types';

export type Item = { kind: 'ticket'; ticket: Ticket; at: number } | { kind: 'group'; title: string; key: string };
export interface Items { count: number; item: (index: number) => Item; indexOf: (id: string) => number }

// Places by number, made when first asked for: a list has a hundred thousand lines, and every key asks for one.
function finder<T>(list: readonly T[], idOf: (each: T) => string | null): (id: string) => number {
  let places: Map<string, number> | null = null;
  return (id) => {
    if (!places) {
      places = new Map();
      for (const [at, each] of list.entries()) { const own = idOf(each); if (own !== null) places.set(own, at); }
    }
    return places.get(id) ?? -1;
  };
}

export function itemsOf(rows: Ticket[], groupTitle?: (ticket: Ticket) => string): Items {
  if (!groupTitle) return { count: rows.length, item: (index) => ({ kind: 'ticket', ticket: rows[index]!, at: index }), indexOf: finder(rows, (each) => String(each.id)) };
  const list: Item[] = [];
  let last: string | null = null;
  for (const [at, ticket] of rows.entries()) {
    const title = groupTitle(ticket);
    if (title !== last) list.push({ kind: 'group', title, key: `group ${list.length}` });
    last = title;
    list.push({ kind: 'ticket', ticket, at });
  }
  return { count: list.length, item: (index) => list[index]!, indexOf: finder(list, (each) => (each.kind === 'ticket' ? String(each.ticket.id) : null)) };
}
