// Where an agent goes when he has sent something: a habit of this browser, no content.
import { useSyncExternalStore } from 'react';
import { habit, keepHabit } from '@/app/habits';

export type After = 'stay' | 'next' | 'list';
export const kAfters: After[] = ['stay', 'next', 'list'];
const watchers = new Set<() => void>();

export function afterSend(): After {
  const word = habit<string>('after_send', 'stay') as After;
  return kAfters.includes(word) ? word : 'stay';
}

export function setAfterSend(after: After) {
  keepHabit('after_send', after);
  for (const watcher of watchers) watcher();
}

export function useAfterSend(): After {
  const follow = (told: () => void) => { watchers.add(told); return () => { watchers.delete(told); }; };
  return useSyncExternalStore(follow, afterSend, () => 'stay' as const);
}
