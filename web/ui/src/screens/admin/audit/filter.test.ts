import { expect, test } from 'vitest';
import { filterOf, isWholeObject, queryOf, toLocal, toMoment } from './filter';

const from = (text: string) => filterOf(new URLSearchParams(text));

test('the filters of the address are those of the API', () => {
  expect([...queryOf(from('action=sign_in&actor_id=12345678901234567&outcome=denied&text=%20a%20'))]).toEqual(
    [['filter[action]', 'sign_in'], ['filter[actor_id]', '12345678901234567'], ['filter[text]', 'a'], ['filter[outcome]', 'denied']]);
  expect([...queryOf(from('object=ticket/12'))]).toEqual([['filter[source_type]', 'ticket'], ['filter[source_id]', '12']]);
  expect([...queryOf(from('object=login/a/b'))]).toEqual([['filter[source_type]', 'login'], ['filter[source_id]', 'a/b']]);
  expect([...queryOf(from('object=ticket'))]).toEqual([]);
  expect([...queryOf(from('to=2026-11-23'))]).toEqual([['filter[created_at][]', '1970-01-01'], ['filter[created_at][]', '2026-11-23']]);
  expect([...queryOf(from('from=2026-11-22T10:00:00Z'))]).toEqual([['filter[created_at][]', '2026-11-22T10:00:00Z']]);
});

test('a time is of the browser, and is asked for in UTC', () => {
  expect(toMoment('2026-11-22T10:30')).toBe(`${new Date(2026, 10, 22, 10, 30).toISOString().slice(0, 19)}Z`);
  expect(toMoment('2026-11-22')).toBe('2026-11-22');
  expect(toMoment('nonsense')).toBe('nonsense');
  expect(toLocal('2026-11-22')).toBe('2026-11-22T00:00');
  expect(toLocal('2026-11-22T10:30')).toBe('2026-11-22T10:30');
});

test('an object is a kind and an id', () => {
  expect(['', 'ticket/12', 'login/a/b'].every(isWholeObject)).toBe(true);
  expect(['ticket', 'ticket/', '/12'].some(isWholeObject)).toBe(false);
});
