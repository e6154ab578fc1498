import { expect, test } from 'vitest';
import { pieces } from './byte_ranges';

test('ranges count bytes: letters with accents and pictures take more than one', () => {
  const text = 'é 😀 4111!';
  expect(pieces(text, [{ begin: 8, end: 12 }]).map((each) => each.text)).toEqual(['é 😀 ', '4111', '!']);
});
test('the end of the text is an end', () => expect(pieces('ab', [{ begin: 1, end: 2 }]).map((each) => each.text)).toEqual(['a', 'b']));
test('what overlaps is shown once', () => {
  const shown = pieces('abcdef', [{ begin: 1, end: 4, rule: 'x' }, { begin: 2, end: 5, rule: 'y' }]);
  expect(shown.map((each) => [each.text, each.found?.rule])).toEqual([['a', undefined], ['bcd', 'x'], ['ef', undefined]]);
});
test('nothing found is the text', () => expect(pieces('abc', [])).toEqual([{ text: 'abc', found: null }]));
