// Short messages at the edge of the page: what was done, with a way back where there is one; what failed.
import { useSyncExternalStore } from 'react';
import { wordsOf } from '@/api/http';

export interface Notice { id: number; text: string; kind: 'done' | 'failed'; undo?: () => void; undoLabel?: string; until: number }

let list: Notice[] = [];
let counted = 0;
const watchers = new Set<() => void>();
const changed = (next: Notice[]) => { list = next; for (const watcher of watchers) watcher(); };

export const dismiss = (id: number) => changed(list.filter((each) => each.id !== id));

// `undo` is offered for `ms`; returns the number by which it can be dismissed.
export function notice(text: string, { kind = 'done', undo, undoLabel, ms = undo ? 10_000 : 5_000 }: Partial<Notice> & { ms?: number } = {}): number {
  counted += 1;
  const id = counted;
  changed([...list.slice(-3), { id, text, kind, undo, undoLabel, until: Date.now() + ms }]);
  setTimeout(() => dismiss(id), kind === 'failed' ? Math.max(ms, 10_000) : ms);
  return id;
}

export const failure = (problem: unknown) => notice(wordsOf(problem), { kind: 'failed' });

export function useNotices(): Notice[] {
  const follow = (told: () => void) => { watchers.add(told); return () => { watchers.delete(told); }; };
  return useSyncExternalStore(follow, () => list, () => list);
}
