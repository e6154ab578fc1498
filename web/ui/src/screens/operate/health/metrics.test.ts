import { expect, test } from 'vitest';
import { quantileMs, rate, steps, withSample, type Sample } from './metrics';

const sample = (at: number, value: number, counts: number[] = []): Sample => ({
  at, resident: 0, waiting: 0, readings: [
    { name: 'requests', help: '', type: 'counter', value, count: 0, sum_seconds: 0, buckets: [] }, { name: 'requests', help: '', type: 'counter', value: 5, count: 0, sum_seconds: 0, buckets: [] },
    { name: 'seconds', help: '', type: 'histogram', value: 0, count: 0, sum_seconds: 0, buckets: counts.map((count, place) => ({ le: [0.01, 0.1, 1][place]!, count })) },
  ],
});

test('I8: rates are what was added in between, over all labels', () => {
  expect(rate(sample(0, 10), sample(5000, 60), 'requests')).toBe(10);
  expect(rate(sample(0, 10), sample(5000, 2), 'requests')).toBeNull();
  expect(rate(sample(0, 10), sample(0, 20), 'requests')).toBeNull();
  expect(steps([sample(0, 0), sample(1000, 1), sample(2000, 3)], (a, b) => rate(a, b, 'requests'))).toEqual([1, 2]);
});
test('I8: quantiles are of what happened in between', () => {
  expect(quantileMs(sample(0, 0, [100, 100, 100]), sample(1, 0, [100, 150, 200]), 'seconds', 0.5)).toBeCloseTo(100);
  expect(quantileMs(sample(0, 0, [0, 0, 0]), sample(1, 0, [50, 100, 100]), 'seconds', 0.25)).toBeCloseTo(5);
  expect(quantileMs(sample(0, 0, [1, 1, 1]), sample(1, 0, [1, 1, 1]), 'seconds', 0.5)).toBeNull();
});
test('a sample that was told twice is kept once', () => {
  expect(withSample([sample(1, 0)], sample(1, 0))).toHaveLength(1);
  expect(withSample(Array.from({ length: 120 }, (_, at) => sample(at, 0)), sample(500, 0))).toHaveLength(120);
});
