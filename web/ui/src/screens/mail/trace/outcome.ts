// What became of a message, from the last step that says so.
import type { Step } from './api';

export interface Outcome { key: 'ticket' | 'held' | 'delivered' | 'failed' | 'waiting' | 'dropped' | 'withdrawn' | 'deleted' | 'report' | 'duplicate' | 'under_way'; tone: 'good' | 'bad' | 'warn' | 'plain' }

const ends: Record<string, Outcome> = {
  stored: { key: 'ticket', tone: 'good' }, suspended: { key: 'held', tone: 'warn' }, delivered: { key: 'delivered', tone: 'good' }, failed: { key: 'failed', tone: 'bad' },
  queued: { key: 'waiting', tone: 'plain' }, deferred: { key: 'waiting', tone: 'warn' }, dropped: { key: 'dropped', tone: 'bad' }, withdrawn: { key: 'withdrawn', tone: 'plain' },
  reports: { key: 'report', tone: 'good' }, duplicate: { key: 'duplicate', tone: 'plain' }, deleted: { key: 'deleted', tone: 'warn' },
};

export function outcomeOf(steps: Step[]): Outcome {
  for (const step of [...steps].reverse()) {
    const end = ends[step.what];
    if (end) return end;
  }
  return { key: 'under_way', tone: 'plain' };
}
