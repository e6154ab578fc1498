import { expect, test } from 'vitest';
import { outcomeOf } from './outcome';

const steps = (...of: [string, string?][]) => of.map(([what, detail = '']) => ({ at: '2026-11-23T05:26:17Z', what, detail }));

test('the last step that ends something is what became of it', () => {
  expect(outcomeOf(steps(['received'], ['authenticated'], ['stored', 'ticket/38'])).key).toBe('ticket');
  expect(outcomeOf(steps(['received'], ['suspended', 'spam'], ['stored', 'ticket/9, by an operator'])).key).toBe('ticket');
  expect(outcomeOf(steps(['queued', 'ticket/1'], ['deferred', '451'], ['delivered', '250'])).key).toBe('delivered');
  expect(outcomeOf(steps(['received'], ['redacted'])).key).toBe('under_way');
});
test('a report is counted and makes no ticket, unless it was a mail after all', () => {
  expect(outcomeOf(steps(['received'], ['reports', 'DMARC of sender.example'])).key).toBe('report');
  expect(outcomeOf(steps(['received'], ['reports', 'not readable'], ['stored', 'ticket/5'])).key).toBe('ticket');
});
test('what came before is a duplicate', () => expect(outcomeOf(steps(['received'], ['duplicate', 'stored before in ticket/1'])).key).toBe('duplicate'));
