import { afterEach, expect, test, vi } from 'vitest';
import { changeThing, deleteThing, isOutdated, readThing, versionOf } from './versions';

const asked: { method: string; match: string | null }[] = [];
function answers(...list: { status?: number; body?: unknown; etag?: string }[]) {
  vi.stubGlobal('fetch', async (_: string, options: { method: string; headers: Record<string, string> }) => {
    asked.push({ method: options.method, match: options.headers['If-Match'] ?? null });
    const { status = 200, body = {}, etag } = list.shift()!;
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers: etag ? { ETag: etag } : {} });
  });
}
afterEach(() => { vi.unstubAllGlobals(); asked.length = 0; });

test('a change names the version that was read, and the next one that of the answer', async () => {
  answers({ body: { view: { id: 1 } }, etag: '"a"' }, { body: { view: { id: 1 } }, etag: '"b"' }, { status: 204 });
  const read = await readThing<{ id: number }>('/v/1', 'view');
  const changed = await changeThing<{ id: number }>('/v/1', 'view', {}, read);
  expect(versionOf(changed)).toBe('"b"');
  await deleteThing('/v/1', changed);
  expect(asked).toEqual([{ method: 'GET', match: null }, { method: 'PUT', match: '"a"' }, { method: 'DELETE', match: '"b"' }]);
});

test('another version is told from other refusals', async () => {
  answers({ status: 412 }, { status: 422 });
  expect(isOutdated(await changeThing('/v/1', 'view', {}, {}).catch((problem: unknown) => problem))).toBe(true);
  expect(isOutdated(await changeThing('/v/1', 'view', {}, {}).catch((problem: unknown) => problem))).toBe(false);
});
