import { expect, test } from 'vitest';
import { asksForRating, askingRule, scoreOf, secondsOf } from './model';

test('days are whole, in the time of the browser', () => {
  const { start_time, end_time } = secondsOf({ from: '2026-11-22', to: '2026-11-23' });
  expect(new Date(start_time * 1000).getHours()).toBe(0);
  expect(end_time - start_time).toBe(2 * 86_400 - 1);
});
test('a rule asks when its mail has the question in it', () => {
  const rule = { id: 1, ...askingRule({ title: 't', subject: 's', text: '{{ satisfaction.rating_section }}' }) };
  expect(asksForRating(rule)).toBe(true);
  expect(asksForRating({ ...rule, actions: [{ field: 'status', value: 'open' }] })).toBe(false);
  expect(rule.active).toBe(false);
});
test('an unknown score of the address is all that was received', () => {
  expect(scoreOf('bad')).toBe('bad');
  expect(scoreOf('odd')).toBe('received');
});
