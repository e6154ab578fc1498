import { expect, test } from 'vitest';
import { folded, lineDiff } from './line_diff';

const words = (before: string, after: string) => lineDiff(before, after).map((row) => `${row.kind} ${row.left?.text ?? ''}|${row.right?.text ?? ''}`);

test('a changed line stands beside its successor', () => {
  expect(words('a\nb\nc\n', 'a\nB\nc\n')).toEqual(['same a|a', 'changed b|B', 'same c|c']);
});
test('added and removed lines keep their place', () => {
  expect(words('a\nc', 'a\nb\nc')).toEqual(['same a|a', 'added |b', 'same c|c']);
  expect(words('a\nb\nc', 'c')).toEqual(['removed a|', 'removed b|', 'same c|c']);
});
test('from nothing and to nothing', () => {
  expect(words('', 'a\nb')).toEqual(['added |a', 'added |b']);
  expect(words('a', '')).toEqual(['removed a|']);
  expect(words('', '')).toEqual([]);
});
test('both sides are whole and in order, whatever changed', () => {
  let seed = 7;
  const random = (most: number) => { seed = (seed * 48271) % 2147483647; return seed % most; };
  for (let round = 0; round < 50; round += 1) {
    const make = () => Array.from({ length: random(20) }, () => 'abcd'[random(4)]!).join('\n');
    const [before, after] = [make(), make()];
    const rows = lineDiff(before, after);
    expect(rows.flatMap((row) => (row.left ? [row.left.text] : [])).join('\n')).toBe(before);
    expect(rows.flatMap((row) => (row.right ? [row.right.text] : [])).join('\n')).toBe(after);
    for (const row of rows) if (row.kind === 'same') expect(row.left?.text).toBe(row.right?.text);
  }
});
test('what is the same is folded away from changes', () => {
  const before = Array.from({ length: 30 }, (_, at) => `line ${at}`);
  const after = [...before];
  after[15] = 'other';
  const shown = folded(lineDiff(before.join('\n'), after.join('\n')));
  expect(shown.filter((each) => each.kind === 'fold')).toHaveLength(2);
  expect(shown.filter((each) => each.kind !== 'fold')).toHaveLength(7);
});
