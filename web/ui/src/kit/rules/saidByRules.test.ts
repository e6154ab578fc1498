import { expect, test } from 'vitest';
import { actionSaid, conditionSaid, kWhyNot, peopleSaid, rowFor } from './saidByRules';

test('a condition is taken apart: values of a list, words of a text, none', () => {
  expect(conditionSaid('status less_than solved')).toEqual({ field: 'status', operator: 'less_than', value: 'solved' });
  expect(conditionSaid('group_id includes 12 34')).toEqual({ field: 'group_id', operator: 'includes', value: ['12', '34'] });
  expect(conditionSaid('comment_includes_word includes parcel late')).toEqual({ field: 'comment_includes_word', operator: 'includes', value: 'parcel late' });
  expect(conditionSaid('assignee_id changed')).toEqual({ field: 'assignee_id', operator: 'changed', value: null });
});
test('a condition without a value asks for none, also where the table does not know its operator', () => {
  const row = rowFor([], conditionSaid('assignee_id changed'));
  expect(row).toMatchObject({ subject: 'assignee_id', operators: [{ value: 'changed', terminal: true }] });
});
test('what came of an action', () => {
  expect(actionSaid('priority high')).toEqual({ action: 'priority high', outcome: null });
  expect(actionSaid('notification_user requester_id: mailed 123, 456')).toEqual({ action: 'notification_user requester_id', outcome: { kind: 'mailed', ids: ['123', '456'] } });
  expect(actionSaid('notification_user all_agents: nobody').outcome).toEqual({ kind: 'nobody' });
  expect(actionSaid('notification_user all_agents: 123 was mailed too often').outcome).toEqual({ kind: 'about', id: '123', why: 'was mailed too often' });
  expect(actionSaid('status open: the ticket is closed').outcome).toEqual({ kind: 'why', why: 'the ticket is closed' });
  expect(peopleSaid(['priority high', 'cc 9: mailed 1, 2', 'cc 9: 3 reads no mail'])).toEqual(['1', '2', '3']);
});
test('why somebody was not mailed is known', () => {
  for (const each of ['reads no mail', 'is not proven to have written this mail', 'has an address of ours']) expect(kWhyNot.some(([, pattern]) => pattern.test(each))).toBe(true);
});
