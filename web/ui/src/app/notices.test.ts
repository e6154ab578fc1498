import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { dismiss, holdNotice, letNoticeGo, notice, useNotices } from './notices';

vi.mock('react', async (original) => ({ ...(await original<typeof import('react')>()), useSyncExternalStore: (_: unknown, now: () => unknown) => now() }));
const shown = () => useNotices().map((each) => each.text);

beforeEach(() => vi.useFakeTimers());
afterEach(() => { for (const each of useNotices()) dismiss(each.id); vi.useRealTimers(); });

test('a message goes after its time, but not under the pointer', () => {
  const id = notice('done', { undo: () => {} });
  notice('other');
  vi.advanceTimersByTime(9_000);
  expect(shown()).toEqual(['done']);
  holdNotice(id);
  vi.advanceTimersByTime(60_000);
  expect(shown()).toEqual(['done']);
  letNoticeGo(id);
  vi.advanceTimersByTime(2_900);
  expect(shown()).toEqual(['done']);
  vi.advanceTimersByTime(200);
  expect(shown()).toEqual([]);
});
