import { expect, test } from 'vitest';
import { dueAt, split } from './due';

const solved = { field: 'status', operator: 'is', value: 'solved' };
const four = { field: 'SOLVED', operator: 'greater_than', value: '96' };

test('what waits is told apart from what else has to hold', () => {
  expect(split({ all: [solved, four], any: [] })).toEqual({ timed: { field: 'SOLVED', hours: 96, column: 'solved' }, others: { all: [solved], any: [] } });
});

test('nothing is foretold of several times, of an end of time, or of a moment that no column shows', () => {
  expect(split({ all: [four, { ...four, field: 'updated_at' }], any: [] }).timed).toBeNull();
  expect(split({ all: [solved, { ...four, operator: 'less_than' }], any: [] }).timed).toBeNull();
  expect(split({ all: [solved, { ...four, field: 'PENDING' }], any: [] }).timed).toBeNull();
});

test('the moment is the time that the ticket shows and the hours behind it, or before a due date', () => {
  const from = '2026-11-23T10:00:00Z';
  expect(dueAt({ solved: from }, { field: 'SOLVED', hours: 2, column: 'solved' })).toBe(Date.parse('2026-11-23T12:00:00Z'));
  const until = split({ all: [{ field: 'until_due_date', operator: 'less_than', value: '4' }], any: [] }).timed!;
  expect(dueAt({ due_date: from }, until)).toBe(Date.parse('2026-11-23T06:00:00Z'));
  expect(dueAt({ solved: null }, { field: 'SOLVED', hours: 2, column: 'solved' })).toBeNull();
});
