import { expect, test } from 'vitest';
import type { Rule } from '../api';
import { fits, sorted } from './rule_list';

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({
  id, description: 'Some number', detector: 'pattern', patterns: [], validator: '', context: [], unless: [], context_within: 64, applies_to: [], action: 'mask', keep_first: 0, keep_last: 0, tags: [],
  on_match: 'accept', mode: 'shadow', inboxes: [], elsewhere: 'shadow', matches: [], ignores: [], is_shipped: true, is_locked: false,
  counts: { messages: 0, findings: 0, shadow_messages: 0, shadow_findings: 0, false_positives: 0, hit_rate: 0 }, ...more,
});

test('a rule that works in some inboxes is found under both of its modes', () => {
  const partly = rule('contract', { mode: 'enforce', inboxes: ['billing@desk.example'], elsewhere: 'shadow' });
  expect(fits(partly, 'enforce', '')).toBe(true);
  expect(fits(partly, 'shadow', '')).toBe(true);
  expect(fits(partly, 'off', '')).toBe(false);
});
test('words are looked for in any order, in the description and the inboxes too', () => {
  expect(fits(rule('iban', { description: 'Bank account' }), 'all', 'account ib')).toBe(true);
  expect(fits(rule('iban'), 'all', 'passport')).toBe(false);
});
test('what finds most comes first, then rules of one\'s own', () => {
  const counts = { messages: 1, findings: 3, shadow_messages: 0, shadow_findings: 0, false_positives: 0, hit_rate: 0.1 };
  expect(sorted([rule('z'), rule('own', { is_shipped: false }), rule('card', { counts })]).map((each) => each.id)).toEqual(['card', 'own', 'z']);
});
