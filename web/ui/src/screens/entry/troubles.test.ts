import { expect, test } from 'vitest';
import { ApiError } from '@/api/http';
import { entryWords, passwordWords, waitOf } from './troubles';
import { KeyError } from './webauthn';

const t = (key: string, values?: Record<string, unknown>) => (values ? `${key} ${JSON.stringify(values)}` : key);
const weak = (description: string) => new ApiError(422, { details: { password: [{ description }] } });

test('a wrong password and a locked login read the same', () => {
  expect(entryWords(t, new ApiError(401, { detail: 'locked' }), 'password')).toBe('trouble.password');
  expect(entryWords(t, new ApiError(0), 'password')).toBe('trouble.unreachable');
  expect(entryWords(t, new ApiError(422, { detail: 'x' }), 'proof')).toBe('trouble.proof');
  expect(entryWords(t, new KeyError('unused'), 'factor')).toBe('key.unused');
});

test('reasons against a password are said in the language of the page, new ones as they come', () => {
  expect(passwordWords(t, weak('it needs at least 12 characters'))).toBe('entry:weak.short {"count":12}');
  expect(passwordWords(t, weak('it is on a list of leaked passwords'))).toBe('entry:weak.leaked {"count":0}');
  expect(passwordWords(t, weak('it rhymes'))).toBe('it rhymes');
  expect(passwordWords(t, new ApiError(401))).toBeUndefined();
});

test('a wait is told of rate limits only', () => {
  expect(waitOf(new ApiError(429, {}, 2.2))).toBe(3);
  expect(waitOf(new ApiError(429, {}, 0))).toBe(1);
  expect(waitOf(new ApiError(401, {}, 5))).toBe(0);
});
