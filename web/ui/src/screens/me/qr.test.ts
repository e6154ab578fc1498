import { expect, test } from 'vitest';
import { readQr } from './qr';

test('only the squares of a drawing are taken', () => {
  const svg = '<svg viewBox="0 0 29 29"><path fill="#fff" d="M0 0h29v29H0z"/><path d="M4 4h7v1h-7z"/><path d="M1 1" onload="x()"/><script>x()</script></svg>';
  expect(readQr(svg)).toEqual({ box: '0 0 29 29', paths: [{ fill: '#fff', d: 'M0 0h29v29H0z' }, { fill: '#000', d: 'M4 4h7v1h-7z' }, { fill: '#000', d: 'M1 1' }] });
  expect(readQr('<svg viewBox="0 0 a" />')).toBeNull();
  expect(readQr('')).toBeNull();
});
