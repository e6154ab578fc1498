import { expect, test } from 'vitest';
import { foldQuotes } from './fold';

const kinds = (text: string) => foldQuotes(text).map((each) => each.kind).join();
const samples = [
  'Hello\n\nOn Mon, 3 May Ada wrote:\n> one\n> two\n\nBye\n', 'a\r\n> b\r\n> c\r\n', '> all\n> quoted\n', '', '\n', 'no end', 'x\n> single\ny',
  'Hi\n\n-----Original Message-----\nFrom: a\nSent: b\n\nold', 'Bonjour,\n\nLe 3 mai 2026, Ada a écrit :\n\n> un\n', 'De : Ada\nEnvoyé : lundi\nfin', '\u2028> a\n>b\n>c',
];

test.each(samples)('nothing is lost of %j', (text) => {
  expect(foldQuotes(text).map((each) => each.text).join('')).toBe(text);
});
test('quotations are found with the line that announces them', () => {
  expect(foldQuotes(samples[0]!)).toEqual([{ kind: 'text', text: 'Hello\n\n' }, { kind: 'quote', text: 'On Mon, 3 May Ada wrote:\n> one\n> two\n' }, { kind: 'text', text: '\nBye\n' }]);
  expect(kinds(samples[7]!)).toBe('text,quote');
  expect(kinds(samples[8]!)).toBe('text,quote');
});
test('what is short, or all there is, stays open', () => {
  expect(kinds('x\n> single\ny')).toBe('text');
  expect(kinds('> all\n> quoted\n')).toBe('text');
});
test('a long message takes no longer than its length', () => {
  const text = 'On x\n> '.repeat(50_000);
  const since = performance.now();
  expect(foldQuotes(text).map((each) => each.text).join('')).toBe(text);
  expect(performance.now() - since).toBeLessThan(2000);
});
