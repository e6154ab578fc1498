import { expect, test } from 'vitest';
import { stateOf } from './keys';

const now = Date.parse('2026-11-23T10:00:00Z');
const certificate = (not_after: string | null, more = {}) => ({ problem: null, not_before: '2026-01-01T00:00:00Z', not_after, ...more });

test('I8: a certificate that ends soon is told before it has ended', () => {
  expect(stateOf(certificate('2027-03-01T00:00:00Z'), now).state).toBe('good');
  expect(stateOf(certificate('2026-12-01T00:00:00Z'), now)).toEqual({ state: 'soon', days: 7 });
  expect(stateOf(certificate('2026-11-22T00:00:00Z'), now).state).toBe('over');
  expect(stateOf(certificate('2027-03-01T00:00:00Z', { not_before: '2026-12-01T00:00:00Z' }), now).state).toBe('not_yet');
  expect(stateOf(certificate(null, { problem: 'cannot be read' }), now).state).toBe('unread');
});
