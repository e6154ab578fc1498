import { expect, test } from 'vitest';
import type { HeldMail } from '../api';
import { scoreBins, symbolSums } from './symbols';

const mail = (score: number, symbols: [string, number][]): HeldMail => ({
  id: '1-1', author: { email: 'a@b' }, subject: '', cause: 'spam', score, created_at: '', verdicts: { spam: { score, action: 'suspend', symbols: symbols.map(([name, weight]) => ({ name, weight })) } },
});

test('signs are summed over mails, the heaviest first', () => {
  expect(symbolSums([mail(7, [['A', 1], ['B', 4]]), mail(6, [['A', 1]])])).toEqual([{ name: 'B', mails: 1, points: 4 }, { name: 'A', mails: 2, points: 2 }]);
});
test('scores are counted by whole points, with the empty ones between', () => {
  expect(scoreBins([mail(6.2, []), mail(6.9, []), mail(9, [])])).toEqual([{ from: 6, count: 2 }, { from: 7, count: 0 }, { from: 8, count: 0 }, { from: 9, count: 1 }]);
  expect(scoreBins([])).toEqual([]);
});
