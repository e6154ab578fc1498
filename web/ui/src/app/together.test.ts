import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { together } from './together';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

const flood = async (tell: () => void, ms: number) => {
  for (let at = 0; at < ms; at += 10) { tell(); await vi.advanceTimersByTimeAsync(10); }
};

test('news that does not end is answered while it comes', async () => {
  const work = vi.fn(async () => {});
  const { tell } = together(work, 300);
  await flood(tell, 3000);
  expect(work.mock.calls.length).toBeGreaterThanOrEqual(9);
  expect(work.mock.calls.length).toBeLessThanOrEqual(11);
});

test('work never runs beside itself, and slow work leaves the server its time', async () => {
  let running = 0;
  let most = 0;
  const work = vi.fn(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    running -= 1;
  });
  const { tell } = together(work, 100);
  await flood(tell, 10_000);
  expect(most).toBe(1);
  expect(work.mock.calls.length).toBe(5); // 500 ms of work, 1500 ms of rest
});

test('news while it works is not lost, one that fails is no end, and what has stopped is silent', async () => {
  let fails = true;
  const work = vi.fn(async () => { await new Promise((resolve) => { setTimeout(resolve, 50); }); if (fails) throw new Error('no'); });
  const { tell, stop } = together(work, 100);
  tell();
  await vi.advanceTimersByTimeAsync(120);
  expect(work).toHaveBeenCalledTimes(1);
  tell();
  fails = false;
  await vi.advanceTimersByTimeAsync(1000);
  expect(work).toHaveBeenCalledTimes(2);
  tell();
  stop();
  tell();
  await vi.advanceTimersByTimeAsync(1000);
  expect(work).toHaveBeenCalledTimes(2);
});
