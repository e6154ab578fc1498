import { useSyncExternalStore } from 'react';
import { ago, dateTime } from '@/i18n/dates';

// One clock for all of them: a list has dozens.
const kEveryMs = 30_000;
const watchers = new Set<() => void>();
let timer = 0;
let beats = 0;
function follow(told: () => void) {
  watchers.add(told);
  timer ||= window.setInterval(() => { beats += 1; for (const watcher of watchers) watcher(); }, kEveryMs);
  return () => {
    watchers.delete(told);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = 0;
  };
}

// For what else changes with time: drawn again with each beat.
export const useBeat = () => useSyncExternalStore(follow, () => beats, () => 0);

// "3 min ago", exact on hover, kept right while it is shown.
export function Time({ at, isExact = false }: { at: string | null | undefined; isExact?: boolean }) {
  useBeat();
  if (!at) return <span>–</span>;
  return <time dateTime={at} title={dateTime(at)}>{isExact ? dateTime(at) : ago(at)}</time>;
}
