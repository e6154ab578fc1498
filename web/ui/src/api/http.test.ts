import { expect, test } from 'vitest';
import { ApiError, parseJson, query, sameId } from './http';

test('long texts and long numbers of JSON come back as they were', () => {
  const long = '\u0001\\"é'.repeat(1_000_000);
  const back = parseJson(JSON.stringify({ a: long, b: 1, c: 'x' })) as { a: string; b: number };
  expect(back.a === long && back.b === 1).toBe(true);
  expect(parseJson(`{"id":12345678901234567,"a":${JSON.stringify(long)}}`)).toEqual({ id: '12345678901234567', a: long });
  expect(parseJson('{"id":12345678901234567,"n":-12345678901234567,"f":0.30000000000000004,"e":3.0000000000000004E-1,"s":"\\\\","t":"\\"12345678901234567","k":[12345678901234567,1]}')).toEqual(
    { id: '12345678901234567', n: '-12345678901234567', f: 0.30000000000000004, e: 0.30000000000000004, s: '\\', t: '"12345678901234567', k: ['12345678901234567', 1] });
});
test('ids are the same as number and as text', () => {
  expect(sameId(7, '7')).toBe(true);
  expect(sameId(null, null)).toBe(false);
});
test('a problem tells about its fields', () => {
  const problem = new ApiError(422, { title: 'no', details: { 'ticket.subject': [{ description: 'cannot be blank' }] } });
  expect(problem.about('subject')).toBe('cannot be blank');
  expect(problem.words).toBe('subject: cannot be blank');
});
test('a query leaves out what is not there', () => {
  expect(query({ a: 1, b: '', c: undefined, d: 'x y' })).toBe('?a=1&d=x+y');
  expect(query({})).toBe('');
});
