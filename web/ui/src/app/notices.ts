// Short messages at the edge of the page: what was done, with a way back where there is one; what failed.
import { useSyncExternalStore } from 'react';
import { wordsOf } from '@/api/http';

export interface Notice { id: number; text: string; kind: 'done' | 'failed'; undo?: () => void; undoLabel?: string; until: number }

let list: Notice[] = [];
let counted = 0;
const watchers = new Set<() => void>();
const timers = new Map<number, ReturnType<typeof setTimeout>>();
const kLeastMs = 3_000; // after the pointer or the focus has left it
const changed = (next: Notice[]) => { list = next; for (const watcher of watchers) watcher(); };

export function dismiss(id: number) {
  clearTimeout(timers.get(id));
  timers.delete(id);
  changed(list.filter((each) => each.id !== id));
}

// Whoever is about to press its button is not raced by the clock.
export function holdNotice(id: number) {
  clearTimeout(timers.get(id));
  timers.delete(id);
}

export function letNoticeGo(id: number) {
  const each = list.find((one) => one.id === id);
  if (!each || timers.has(id)) return;
  timers.set(id, setTimeout(() => dismiss(id), Math.max(kLeastMs, each.until - Date.now())));
}

// `undo` is offered for `ms`; returns the number by which it can be dismissed.
export function notice(text: string, { kind = 'done', undo, undoLabel, ms = undo ? 10_000 : 5_000 }: Partial<Notice> & { ms?: number } = {}): number {
  counted += 1;
  const id = counted;
  const life = kind === 'failed' ? Math.max(ms, 10_000) : ms;
  for (const gone of list.slice(0, -3)) holdNotice(gone.id);
  changed([...list.slice(-3), { id, text, kind, undo, undoLabel, until: Date.now() + life }]);
  letNoticeGo(id);
  return id;
}

export const failure = (problem: unknown) => notice(wordsOf(problem), { kind: 'failed' });

export function useNotices(): Notice[] {
  const follow = (told: () => void) => { watchers.add(told); return () => { watchers.delete(told); }; };
  return useSyncExternalStore(follow, () => list, () => list);
}
