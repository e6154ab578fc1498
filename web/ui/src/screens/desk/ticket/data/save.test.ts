import { expect, test } from 'vitest';
import { clashesOf } from './save';
import type { Ticket } from '@/screens/desk/types';

const base = { id: 1, subject: 'a', status: 'open', priority: null, tags: ['x'], custom_fields: [{ id: 7, value: 'red' }] } as unknown as Ticket;

test('what somebody else has changed elsewhere is no clash', () => {
  expect(clashesOf(base, { ...base, subject: 'b' }, { status: 'solved' })).toEqual([]);
});
test('the same field set to the same is no clash', () => {
  expect(clashesOf(base, { ...base, status: 'solved' } as Ticket, { status: 'solved' })).toEqual([]);
});
test('the same field set otherwise is one', () => {
  expect(clashesOf(base, { ...base, status: 'pending' } as Ticket, { status: 'solved' })).toEqual([{ field: 'status', mine: 'solved', theirs: 'pending' }]);
});
test('custom fields clash one by one', () => {
  const now = { ...base, custom_fields: [{ id: 7, value: 'blue' }, { id: 8, value: 'x' }] } as Ticket;
  expect(clashesOf(base, now, { custom_fields: [{ id: 9, value: '1' }] })).toEqual([]);
  expect(clashesOf(base, now, { custom_fields: [{ id: '7', value: 'green' }] })).toEqual([{ field: 'custom_fields.7', mine: 'green', theirs: 'blue' }]);
});
test('what is added to a list never clashes', () => {
  expect(clashesOf(base, { ...base, tags: ['x', 'y'] }, { additional_tags: ['z'], email_ccs: [] })).toEqual([]);
});
