import { expect, test } from 'vitest';
import { everyDay, lastDays, spanOf } from './span';

const now = Date.parse('2026-11-23T10:00:00Z');

test('the last seven days end today', () => expect(lastDays(7, now)).toEqual({ from: '2026-11-17', to: '2026-11-23' }));
test('dates of the address are taken when they make sense', () => {
  expect(spanOf(new URLSearchParams('from=2026-01-01&to=2026-02-01'), 30, now)).toEqual({ from: '2026-01-01', to: '2026-02-01' });
  expect(spanOf(new URLSearchParams('from=2026-03-01&to=2026-02-01'), 7, now)).toEqual({ from: '2026-11-17', to: '2026-11-23' });
  expect(spanOf(new URLSearchParams('days=9000'), 7, now)).toEqual({ from: '2026-11-17', to: '2026-11-23' });
});
test('every day is there once, over the end of a month', () => expect(everyDay({ from: '2026-02-27', to: '2026-03-01' })).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']));
