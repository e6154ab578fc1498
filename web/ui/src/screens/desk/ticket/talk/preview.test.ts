import { expect, test } from 'vitest';
import { isPdf, isRisky, plainName, previewOf } from './preview';

test('I8: only pixels and text are shown here, PDF by the browser', () => {
  expect(previewOf('image/png', 10)).toBe('picture');
  expect(previewOf('text/plain', 10)).toBe('text');
  expect(previewOf('application/pdf', 10)).toBe('pdf');
  for (const type of ['image/svg+xml', 'text/html', 'application/xml', '']) expect(previewOf(type, 10)).toBeNull();
  expect(previewOf('text/plain', 1e9)).toBeNull();
});
test('a PDF is one by its bytes, not by its name', () => {
  expect(isPdf(new TextEncoder().encode('\n%PDF-1.7 …'))).toBe(true);
  expect(isPdf(new TextEncoder().encode('<script>alert(1)</script>'))).toBe(false);
});
test('names that mislead are told', () => {
  expect(isRisky('invoice.pdf.exe')).toBe(true);
  expect(isRisky('gpj.\u202eexe')).toBe(true);
  expect(isRisky('photo.jpg')).toBe(false);
  expect(plainName('a\u202eb')).toBe('ab');
});
