import { expect, test } from 'vitest';
import { ApiError } from '@/api/http';
import { inTheWay, lineProblems } from './trouble';

test('another version in force is told with what would have been undone', () => {
  const differences = [{ rule: 'engine', change: 'changed', field: 'mode', before: 'shadow', after: 'off' }];
  for (const status of [409, 412, 428]) expect(inTheWay(new ApiError(status, { in_force: 3, differences }))).toEqual({ version: 3, differences });
  expect(inTheWay(new ApiError(409, {}))).toBeNull();
  expect(inTheWay(new Error('x'))).toBeNull();
});
test('problems keep their lines', () => {
  const problem = { description: 'line 3: contract: there is no key "foo"', line: 3, rule: 'contract', text: 'there is no key "foo"' };
  expect(lineProblems(new ApiError(422, { details: { document: [problem] } }))).toEqual([problem]);
  expect(lineProblems(new ApiError(422, { details: { note: [{ description: 'too long' }] } }))).toBeNull();
});
