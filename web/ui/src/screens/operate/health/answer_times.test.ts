import { expect, test } from 'vitest';
import { summed } from './answer_times';

test('the middle, the slow end and failures', () => {
  const entries = Array.from({ length: 100 }, (_, at) => ({ duration: at + 1, status: at === 0 ? 503 : 200 }));
  expect(summed(entries)).toEqual({ count: 100, median: 51, p95: 96, slowest: 100, failed: 1 });
  expect(summed([])).toBeNull();
});
