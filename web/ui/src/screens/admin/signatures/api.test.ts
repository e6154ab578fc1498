import { expect, test } from 'vitest';
import { bytesOf, storedOf } from './api';

test('a signature is measured in bytes', () => expect(bytesOf('é€x')).toBe(6));
test('only what is more than paragraphs is formatting', () => {
  expect(storedOf('a', '<p>a<br>b</p>')).toEqual({ text: 'a', isFormatted: false });
  expect(storedOf('a', '<p><strong>a</strong></p>').isFormatted).toBe(true);
  expect(storedOf(null, null)).toEqual({ text: '', isFormatted: false });
});
