import { afterEach, expect, test, vi } from 'vitest';
import { runBulk, undoAll, type Job } from './bulk';
import { differences } from './macro';

const job = (ids: string[], more: Partial<Job> = {}): Job => ({ id: 'j', status: 'completed', job_type: 'update', total: ids.length, progress: ids.length, message: null,
  results: ids.map((id) => ({ id, success: true })), undo_url: `/api/v2/undo/${ids[0]}`, created_at: '', ended_at: '', ...more });

afterEach(() => vi.unstubAllGlobals());

test('more than a hundred are several jobs, and all of them can be taken back', async () => {
  const sizes: number[] = [];
  const ids = Array.from({ length: 230 }, (_, at) => String(at + 1));
  const done = await runBulk('x', ids, async (part) => { sizes.push(part.length); return job(part); });
  expect(sizes).toEqual([100, 100, 30]);
  expect(done).toEqual({ done: 230, failed: [], undo: ['/api/v2/undo/1', '/api/v2/undo/101', '/api/v2/undo/201'], isStopped: false });
});

test('what fails does not stop the others', async () => {
  const done = await runBulk('x', ['1', '2'], async () => job(['1', '2'], { results: [{ id: 1, success: true }, { id: 2, success: false, error: 'TicketNotFound' }] }));
  expect(done.done).toBe(1);
  expect(done.failed).toHaveLength(1);
});

test('undoing goes from the last job to the first', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => { asked.push(path); return new Response(JSON.stringify({ job_status: job(['1']) })); });
  await undoAll('x', ['/api/v2/undo/1', '/api/v2/undo/2']);
  expect(asked).toEqual(['/api/v2/undo/2', '/api/v2/undo/1']);
});

test('of a macro only the differences are sent', () => {
  const before = { id: 1, status: 'open', custom_status_id: 2, tags: ['a'], priority: null, custom_fields: [{ id: 7, value: null }] };
  expect(differences(before, { ...before })).toBeNull();
  expect(differences(before, { ...before, status: 'solved', custom_status_id: 5, tags: ['a', 'b'], custom_fields: [{ id: 7, value: 'x' }], comment: { body: 'Hi', public: true } }))
    .toEqual({ custom_status_id: 5, tags: ['a', 'b'], custom_fields: [{ id: 7, value: 'x' }], comment: { body: 'Hi', public: true } });
});
