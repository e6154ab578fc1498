import { expect, test } from 'vitest';
import { extended, isSelected, nothing, sizeOf, toggled } from './selection';

const order = ['5', '4', '3', '2', '1'];

test('a range is what stands between, whichever way', () => {
  expect([...extended(nothing, order, '2', '4').ids].sort()).toEqual(['2', '3', '4']);
  expect([...extended(nothing, order, '4', '2').ids].sort()).toEqual(['2', '3', '4']);
});

test('all of a list has exceptions, and knows how many are left', () => {
  const all = { isAll: true, ids: new Set<string>() };
  const some = toggled(all, '3');
  expect(isSelected(some, '3')).toBe(false);
  expect(isSelected(some, '999')).toBe(true); // not loaded, but of the list
  expect(sizeOf(some, 5000)).toBe(4999);
  expect(sizeOf(extended(some, order, '4', '2'), 5000)).toBe(5000);
});

test('toggling twice is nothing', () => {
  expect(toggled(toggled(nothing, '1'), '1').ids.size).toBe(0);
});
