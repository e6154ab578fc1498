import { expect, test } from 'vitest';
import type { RuleSpec } from '../api';
import { ruleDifferences } from './rule_diff';

const rule = (id: string, more: Partial<RuleSpec> = {}): RuleSpec => ({
  id, description: '', detector: 'pattern', patterns: ['a'], validator: '', context: [], unless: [], context_within: 64, applies_to: [], action: 'mask', keep_first: 0, keep_last: 0, tags: [],
  on_match: 'accept', mode: 'shadow', inboxes: [], elsewhere: 'shadow', matches: [], ignores: [], is_shipped: false, is_locked: false, ...more,
});

test('added, changed and removed rules are told, others are not', () => {
  expect(ruleDifferences([rule('card'), rule('old', { mode: 'enforce' }), rule('same')], [rule('card', { mode: 'off', tags: ['x', 'y'] }), rule('same'), rule('new')])).toEqual([
    { rule: 'card', change: 'changed', field: 'tags', before: '', after: 'x, y' },
    { rule: 'card', change: 'changed', field: 'mode', before: 'shadow', after: 'off' },
    { rule: 'new', change: 'added', field: null, before: '', after: 'shadow' },
    { rule: 'old', change: 'removed', field: null, before: 'enforce', after: '' },
  ]);
});
