import { expect, test } from 'vitest';
import { asksGroup, bodyOf, draftOf, groupDraftOf, secondsFrom, textFrom, wrongCells, type Policy } from './model';
import { ofGroups } from './sides';

test.each([['30', 1800], ['30m', 1800], ['2h', 7200], ['1d 4h', 100_800], ['1j 4h', 100_800], ['90 min', 5400], ['45s', 45]])('%s is a span', (text, seconds) => expect(secondsFrom(text)).toBe(seconds));
test.each(['', '0', 'soon', '2x', '-5', '1.5h', '0h'])('%j is none', (text) => expect(secondsFrom(text)).toBeNull());
test.each([60, 5400, 100_800, 86_400, 45])('%i seconds are read as they are written', (seconds) => expect(secondsFrom(textFrom(seconds))).toBe(seconds));

const policy: Policy = {
  url: '', id: 1, title: 'Gold', description: null, active: true, position: 1, filter: { all: [], any: [] }, schedule_id: 7, created_at: '', updated_at: '',
  policy_metrics: [{ metric: 'first_reply_time', priority: 'urgent', target: 60, target_in_seconds: 3600, business_hours: true }, { metric: 'requester_wait_time', priority: 'low', target: 1440, target_in_seconds: 86_400, business_hours: false }],
};
test('I8: what is stored comes back as it was', () => {
  const draft = draftOf(policy);
  expect(draft.promises.cells).toEqual({ 'first_reply_time urgent': '1h', 'requester_wait_time low': '1d' });
  expect(bodyOf(draft)).toMatchObject({ schedule_id: '7', policy_metrics: policy.policy_metrics.map(({ target: _, ...each }) => each) });
});
test('only what has changed is sent, and a table with all its cells', () => {
  expect(bodyOf({ title: 'x' })).toEqual({ title: 'x' });
  expect(bodyOf({ schedule_id: '' })).toEqual({ schedule_id: null });
  expect(bodyOf({ promises: { cells: { 'first_reply_time low': '', 'first_reply_time high': '2h' }, business: [] } }).policy_metrics).toHaveLength(1);
});
test('what is no span is found before it is sent', () => {
  expect(wrongCells({ cells: { 'first_reply_time low': 'soon', 'first_reply_time high': ' ' }, business: [] })).toEqual(['first_reply_time low']);
});
test('I8: a policy of groups begins with the question which group, and sends no schedule', () => {
  const draft = groupDraftOf(null);
  expect(asksGroup(draft.filter)).toBe(true);
  expect(asksGroup({ all: [], any: draft.filter.all })).toBe(false);
  const body = bodyOf({ ...draft, promises: { cells: { 'group_ownership_time urgent': '10m' }, business: ['group_ownership_time'] } }, ofGroups);
  expect(body).not.toHaveProperty('schedule_id');
  expect(body.policy_metrics).toEqual([{ metric: 'group_ownership_time', priority: 'urgent', target_in_seconds: 600, business_hours: true }]);
});
test('a stored policy of groups comes back as it was', () => {
  const { schedule_id: _, ...rest } = policy;
  const stored: Policy = { ...rest, filter: { all: [], any: [] }, policy_metrics: [{ metric: 'group_ownership_time', priority: 'normal', target: 30, target_in_seconds: 1800, business_hours: false }] };
  expect(groupDraftOf(stored)).toMatchObject({ filter: stored.filter, promises: { cells: { 'group_ownership_time normal': '30m' }, business: [] } });
});
