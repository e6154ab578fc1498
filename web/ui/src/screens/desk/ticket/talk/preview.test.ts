import { expect, test } from 'vitest';
import { isRisky, plainName, previewOf } from './preview';

test('only pixels and text are shown', () => {
  expect(previewOf('image/png', 10)).toBe('picture');
  expect(previewOf('text/plain', 10)).toBe('text');
  for (const type of ['image/svg+xml', 'text/html', 'application/pdf', 'application/xml', '']) expect(previewOf(type, 10)).toBeNull();
  expect(previewOf('text/plain', 1e9)).toBeNull();
});
test('names that mislead are told', () => {
  expect(isRisky('invoice.pdf.exe')).toBe(true);
  expect(isRisky('gpj.\u202eexe')).toBe(true);
  expect(isRisky('photo.jpg')).toBe(false);
  expect(plainName('a\u202eb')).toBe('ab');
});
