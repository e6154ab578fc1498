// What a list shows line by line: tickets, and in a grouped view the name of a group before its first ticket.
import type { Ticket } from '@/screens/desk/types';

export type Item = { kind: 'ticket'; ticket: Ticket; at: number } | { kind: 'group'; title: string; key: string };
// `near` is where a line stood last: there, and a page around it, it is looked for first.
export interface Items { count: number; item: (index: number) => Item; indexOf: (id: string, near?: number) => number }

// Places by number, made when first asked for and not near: a list has a hundred thousand lines, and every key asks for one.
const kNear = 120;
function finder<T>(list: readonly T[], idOf: (each: T) => string | null): (id: string, near?: number) => number {
  let places: Map<string, number> | null = null;
  return (id, near = -1) => {
    if (places === null && near >= 0) {
      for (let at = Math.max(0, near - kNear); at <= Math.min(list.length - 1, near + kNear); at += 1) if (idOf(list[at]!) === id) return at;
    }
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
