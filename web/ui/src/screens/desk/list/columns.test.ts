import { expect, test } from 'vitest';
import type { Ticket } from '@/screens/desk/types';
import { kColumnIds, textOf, type Known } from './columns';

const none = new Map();
const known = { t: (key: string) => key, feed: { people: none, groups: none, organizations: none }, people: none, statuses: none, inboxes: none, fields: none, groups: none, forms: none, policies: new Map([['7', { title: 'Gold' }]]) } as unknown as Known;
const ticket = (more: object) => ({ id: 1, custom_fields: [], tags: [], ...more }) as unknown as Ticket;

test('the column of the SLA policy has its name, and its number when it is gone', () => {
  expect(kColumnIds).toContain('sla_policy');
  expect(textOf(known, ticket({ slas: { policy_metrics: [], sla_policy_id: 7 } }), 'sla_policy')).toBe('Gold');
  expect(textOf(known, ticket({ slas: { policy_metrics: [], sla_policy_id: '9' } }), 'sla_policy')).toBe('#9');
  expect(textOf(known, ticket({ slas: { policy_metrics: [], sla_policy_id: null } }), 'sla_policy')).toBe('');
});
test('satisfaction is said in words', () => {
  expect(textOf(known, ticket({ satisfaction_rating: { score: 'bad' } }), 'satisfaction_score')).toBe('satisfaction.bad');
  expect(textOf(known, ticket({ satisfaction_rating: { score: 'unoffered' } }), 'satisfaction_score')).toBe('');
});
