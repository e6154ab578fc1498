import { expect, test } from 'vitest';
import { stacked } from './plot_data';

test('bars stand on those before them', () => {
  expect(stacked([[1, 2, 0], [3, 0, 5]])).toEqual([[1, 2, 0], [4, 2, 5]]);
});
test('a day without any number has no bar, one with some has those', () => {
  expect(stacked([[null, 2, null], [null, null, 4]])).toEqual([[null, 2, null], [null, 2, 4]]);
});
