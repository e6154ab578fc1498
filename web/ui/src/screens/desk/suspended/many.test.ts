import { afterEach, expect, test, vi } from 'vitest';
import { recoverMany } from './many';

afterEach(() => vi.unstubAllGlobals());

test('I8: many are made tickets a hundred at a time, and what was refused is counted', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    return asked.length === 1 ? new Response('{"tickets":[]}', { status: 200 })
      : new Response(JSON.stringify({ details: {}, tickets: [], refused: [{ id: '1-1', error: 'RecordInvalid' }, { id: '2-1', error: 'RecordNotFound' }] }), { status: 422 });
  });
  const told: number[] = [];
  const ids = Array.from({ length: 130 }, (_, at) => `${at}-1`);
  expect(await recoverMany(ids, (done) => told.push(done))).toEqual({ done: 128, failed: 1 });
  expect(told).toEqual([100, 130]);
  expect(asked[0]!.split(',')).toHaveLength(100);
});
test('another problem is told', async () => {
  vi.stubGlobal('fetch', async () => new Response('{"detail":"no"}', { status: 403 }));
  await expect(recoverMany(['1-1'], () => {})).rejects.toThrow('no');
});
