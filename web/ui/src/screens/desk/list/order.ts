// The list an agent came from, so that the ticket's page can go on in it: next, previous, "solve and next". In memory only.
// The list screens set it and keep it while they are shown; afterwards it stays as the agent left it, so that a ticket that has
// just been solved, and is gone from the view, still has a next one.
import { useSyncExternalStore } from 'react';
import type { Id } from '@/api/http';

export interface Order {
  title: string; // "Unassigned tickets"
  address: string; // of the list: "/views/7"
  ids: string[]; // in its order, as far as it is loaded
  total: number | null; // of the whole list, where it is known
  more?: () => Promise<string[]>; // loads the next page; resolves to all ids so far
}

let order: Order | null = null;
const watchers = new Set<() => void>();

export function setOrder(next: Order | null) {
  order = next;
  for (const watcher of watchers) watcher();
}

export const currentOrder = () => order;

export interface Place { title: string; address: string; position: number; total: number; next: string | null; previous: string | null; hasMore: boolean }

export function placeIn(list: Order | null, id: Id): Place | null {
  const at = list ? list.ids.indexOf(String(id)) : -1;
  if (!list || at < 0) return null;
  const total = Math.max(list.total ?? 0, list.ids.length);
  return { title: list.title, address: list.address, position: at + 1, total, next: list.ids[at + 1] ?? null, previous: list.ids[at - 1] ?? null, hasMore: Boolean(list.more) && total > list.ids.length };
}

// The ticket behind (1) or before (-1) one of the list; asks for the list's next page where it ends. Null: there is none.
export async function neighbour(id: Id, by: 1 | -1): Promise<string | null> {
  const list = order;
  const place = placeIn(list, id);
  if (!list || !place) return null;
  if (by < 0) return place.previous;
  if (place.next || !list.more) return place.next;
  const ids = await list.more().catch(() => list.ids);
  if (order === list) setOrder({ ...list, ids });
  return ids[ids.indexOf(String(id)) + 1] ?? null;
}

// Where a ticket stands in the list that the agent came from; null when he did not come from one.
export function usePlaceInOrder(id: Id): Place | null {
  const follow = (told: () => void) => { watchers.add(told); return () => { watchers.delete(told); }; };
  const now = useSyncExternalStore(follow, () => order, () => null);
  return placeIn(now, id);
}
