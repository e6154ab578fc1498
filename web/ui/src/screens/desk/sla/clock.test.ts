import { expect, test } from 'vitest';
import { minutesOf, nextOf, standingOf, type Promised } from './clock';

const now = Date.parse('2026-11-23T10:00:00Z');
const promise = (more: Partial<Promised>): Promised => ({ metric: 'first_reply_time', stage: 'active', breach_at: '2026-11-23T12:00:00Z', minutes: 120, target_in_minutes: 240, business_hours: false, breached_at: null, ...more });

test('I8: how a promise stands is told in time', () => {
  expect(standingOf(promise({}), now)).toBe('running');
  expect(standingOf(promise({ breach_at: '2026-11-23T10:20:00Z' }), now)).toBe('soon');
  expect(standingOf(promise({ breach_at: '2026-11-23T10:20:00Z', target_in_minutes: 30 }), now)).toBe('running');
  expect(standingOf(promise({ breach_at: '2026-11-23T09:59:00Z' }), now)).toBe('late');
  expect(standingOf(promise({ stage: 'paused', breach_at: null, minutes: 30 }), now)).toBe('paused');
  expect(standingOf(promise({ stage: 'paused', breach_at: null, minutes: -3 }), now)).toBe('late');
  expect(standingOf(promise({ stage: 'achieved', breach_at: null }), now)).toBe('met');
  expect(standingOf(promise({ stage: 'achieved', breach_at: null, breached_at: '2026-11-23T09:00:00Z' }), now)).toBe('missed');
});
test('what counts is what is over first; what is done counts no more', () => {
  const late = promise({ metric: 'requester_wait_time', breach_at: '2026-11-23T09:00:00Z' });
  const waits = promise({ stage: 'paused', breach_at: null, minutes: 5 });
  expect(nextOf({ policy_metrics: [waits, promise({}), late] })).toBe(late);
  expect(nextOf({ policy_metrics: [waits] })).toBe(waits);
  expect(nextOf({ policy_metrics: [promise({ stage: 'achieved', breach_at: null })] })).toBeNull();
  expect(nextOf(undefined)).toBeNull();
});
test('minutes have no sign and are never none', () => {
  expect(minutesOf(promise({ breach_at: '2026-11-23T09:45:00Z' }), now)).toBe(15);
  expect(minutesOf(promise({ breach_at: '2026-11-23T10:00:10Z' }), now)).toBe(1);
});
