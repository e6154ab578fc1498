import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { beginSending, draftOf, draftsBelongTo, editDraft, forgetDrafts, loadDraft, restOf, saveDraft, sendingFailed, sentDraft, settleConflict, unsaved } from './draftStore';

interface Sent { method: string; json: { draft: { body: string; public: boolean; revision: number } } | null }
let sent: Sent[] = [];
let answers: ((method: string) => { status: number; body: unknown } | null)[] = [];
let stored: { body: string; public: boolean; revision: number; updated_at: string } | null = null;

beforeEach(() => {
  vi.useFakeTimers();
  forgetDrafts();
  draftsBelongTo(7);
  sent = [];
  answers = [];
  stored = null;
  vi.stubGlobal('fetch', async (_path: string, options: { method: string; body?: string }) => {
    const json = options.body ? JSON.parse(options.body) as Sent['json'] : null;
    sent.push({ method: options.method, json });
    const special = answers.shift()?.(options.method);
    if (special === null) throw new TypeError('offline');
    if (special) return new Response(JSON.stringify(special.body), { status: special.status });
    if (options.method === 'PUT' && json) {
      if (json.draft.revision !== (stored?.revision ?? 0)) return new Response('{}', { status: 409 });
      stored = { ...json.draft, revision: (stored?.revision ?? 0) + 1, updated_at: '2026-01-01T00:00:00Z' };
    }
    if (options.method === 'DELETE') { stored = null; return new Response(null, { status: 204 }); }
    return new Response(JSON.stringify({ draft: stored }), { status: 200 });
  });
});
afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals(); });

const pass = (ms = 1000) => vi.advanceTimersByTimeAsync(ms);

test('what is typed is stored once, a moment after the last letter', async () => {
  await loadDraft(1);
  editDraft(1, { text: 'a' });
  editDraft(1, { text: 'ab' });
  expect(unsaved()).toEqual(['1']);
  await pass();
  expect(stored?.body).toBe('ab');
  expect(sent.filter((each) => each.method === 'PUT')).toHaveLength(1);
  expect(draftOf(1).state).toBe('saved');
  expect(unsaved()).toEqual([]);
});

test('without a connection it is kept and tried again', async () => {
  await loadDraft(1);
  answers = [() => null];
  editDraft(1, { text: 'a' });
  await pass();
  expect(draftOf(1)).toMatchObject({ state: 'failed', text: 'a' });
  expect(unsaved()).toEqual(['1']);
  await pass(6000);
  expect(stored?.body).toBe('a');
  expect(draftOf(1)).toMatchObject({ state: 'saved', problem: '' });
});

test('another tab has written: nothing is overwritten, the agent decides', async () => {
  await loadDraft(1);
  stored = { body: 'theirs', public: true, revision: 4, updated_at: '' };
  editDraft(1, { text: 'mine' });
  await pass();
  expect(draftOf(1)).toMatchObject({ state: 'conflict', text: 'mine' });
  expect(draftOf(1).other?.body).toBe('theirs');
  expect(stored.body).toBe('theirs');
  settleConflict(1, 'both');
  await pass();
  expect(stored?.body).toBe('theirs\n\nmine');
});

test('a draft of the server never replaces what was typed meanwhile', async () => {
  stored = { body: 'old', public: false, revision: 2, updated_at: '' };
  const loading = loadDraft(1);
  editDraft(1, { text: 'new' });
  await loading;
  expect(draftOf(1).text).toBe('new');
});

test('while a reply is sent nothing is stored; what was typed meanwhile is the next draft', async () => {
  await loadDraft(1);
  editDraft(1, { text: 'first' });
  await beginSending(1);
  const snapshot = draftOf(1);
  editDraft(1, { text: 'first\nand more' });
  await pass(3000);
  expect(sent.filter((each) => each.method === 'PUT')).toHaveLength(0);
  sentDraft(1, snapshot);
  expect(draftOf(1)).toMatchObject({ text: 'and more', isOpen: true });
  await pass();
  expect(stored?.body).toBe('and more');
});

test('a reply that failed is still there, and stored', async () => {
  await loadDraft(1);
  editDraft(1, { text: 'first' });
  await beginSending(1);
  sendingFailed(1, 'no');
  await pass();
  expect(draftOf(1)).toMatchObject({ text: 'first', isSending: false });
  expect(stored?.body).toBe('first');
});

test('an emptied draft is gone from the server too', async () => {
  await loadDraft(1);
  editDraft(1, { text: 'a' });
  await pass();
  editDraft(1, { text: '' });
  await pass();
  expect(stored).toBeNull();
});

test('what one person typed is not there for the next one', async () => {
  editDraft(1, { text: 'secret' });
  draftsBelongTo(8);
  await pass(6000);
  expect(draftOf(1).text).toBe('');
  expect(sent).toEqual([]);
});

test('after a lost session the same person goes on where it was', async () => {
  await loadDraft(1);
  answers = [() => ({ status: 401, body: {} })];
  editDraft(1, { text: 'kept' });
  await saveDraft(1);
  draftsBelongTo(7);
  await loadDraft(1);
  await pass();
  expect(stored?.body).toBe('kept');
});

test('the rest of a text', () => {
  expect(restOf('a', 'a\n\nb')).toBe('b');
  expect(restOf('a', 'c')).toBe('c');
});
test('a draft that could not be read is looked for again, and shown when it comes', async () => {
  stored = { body: 'half an answer', public: true, revision: 3, updated_at: '2026-01-01T00:00:00Z' };
  answers = [() => null];
  await loadDraft(1);
  expect(draftOf(1).text).toBe('');
  await pass(6000);
  expect(draftOf(1)).toMatchObject({ text: 'half an answer', revision: 3, state: 'saved', problem: '' });
});

test('a composer that was opened again while a reply was on its way stays open for the next one', async () => {
  for (const isOpened of [true, false]) {
    editDraft(1, { text: 'first', isOpen: true });
    await beginSending(1);
    const sent = draftOf(1);
    if (isOpened) editDraft(1, { isOpen: true, isPublic: false });
    sentDraft(1, sent);
    expect(draftOf(1)).toMatchObject({ text: '', isOpen: isOpened, isPublic: !isOpened });
    expect(draftOf(1).goesOn).toBe(false);
    editDraft(1, { isPublic: true });
  }
});
