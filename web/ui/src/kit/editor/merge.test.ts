import { expect, test } from 'vitest';
import { ApiError } from '@/api/http';
import { changedKeys, mergeOf, pick } from './merge';
import { problemsOf } from './problems';

const base = { title: 'Old', active: true, conditions: { all: [1] } };

test('only what was changed is sent', () => {
  const mine = { ...base, title: 'New' };
  expect(changedKeys(base, mine)).toEqual(['title']);
  expect(pick(mine, changedKeys(base, mine))).toEqual({ title: 'New' });
});

test('what somebody else has changed asks only where both have', () => {
  expect(mergeOf(base, { ...base, title: 'Mine' }, { ...base, active: false })).toEqual({ both: [], theirs: ['active'] });
  expect(mergeOf(base, { ...base, title: 'Mine' }, { ...base, title: 'Theirs' })).toEqual({ both: ['title'], theirs: [] });
  expect(mergeOf(base, { ...base, title: 'Same' }, { ...base, title: 'Same' })).toEqual({ both: [], theirs: [] });
  expect(mergeOf(base, { ...base, conditions: { all: [2] } }, { ...base, conditions: { all: [3] } }).both).toEqual(['conditions']);
});

test('a refused body is told by place', () => {
  const t = (key: string) => key;
  const error = new ApiError(422, { detail: 'Record validation errors', details: { 'view.title': [{ error: 'BlankValue', description: 'cannot be blank' }], 'view.conditions.all[1].value': [{ error: 'InvalidValue', description: 'one of new, open' }] } });
  const problems = problemsOf(error, 'view', t);
  expect(problems.get('title')).toBe('rules:problem.blank');
  expect(problems.get('conditions.all[1].value')).toBe('one of new, open');
  expect(problemsOf(new ApiError(0), 'view', t).get('')).toContain('not reached');
});
