// What is being written, by ticket. It lives beside the screens: going to another ticket, a failed request, a remote change and
// the end of a session take nothing away. The server keeps the text (one draft a person and ticket); files, and what is to
// happen with the reply, stay in this page until it is sent.
import { useSyncExternalStore } from 'react';
import { ApiError, del, get, put, wordsOf, type Id } from '@/api/http';
import { beforeLeaving, whenForgotten } from '@/app/session';
import type { TicketChange } from '@/screens/desk/types';
import type { FileItem } from './uploads';

export interface ServerDraft { body: string; public: boolean; revision: number; updated_at: string }
export type DraftState = 'loading' | 'saved' | 'dirty' | 'saving' | 'failed' | 'conflict';

export interface Draft {
  text: string;
  isPublic: boolean;
  isOpen: boolean; // the composer is shown, not just its buttons
  goesOn: boolean; // it was opened again while this one is on its way: the next one is about to be written
  files: FileItem[];
  staged: TicketChange; // what a macro or the agent wants to change with it
  macros: { id: Id; title: string }[];
  mentions: string[];
  state: DraftState;
  revision: number | null; // of the server's draft that this one goes on from
  other: ServerDraft | null; // in a conflict: what another tab or device has stored
  epoch: number; // counts changes of the text that did not come from the editor
  isRedacted: boolean; // the server stored less than what was typed
  savedAt: string | null;
  problem: string;
  isSending: boolean;
  isPlain: boolean; // to be sent without formatting
}

const kSaveMs = 700;
const kAgainMs = 5000;
const kWide = 768; // below, a draft does not take half of the screen by itself
const fresh = (): Draft => ({ text: '', isPublic: true, isOpen: false, goesOn: false, files: [], staged: {}, macros: [], mentions: [], state: 'loading', revision: null, other: null, epoch: 0, isRedacted: false, savedAt: null, problem: '', isSending: false, isPlain: false });

const drafts = new Map<string, Draft>();
const saving = new Map<string, Promise<void>>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const watchers = new Set<() => void>();
const empty = fresh();
let owner = '';
let isPaused = false; // nobody is signed in, or it is not known yet who: nothing is stored in somebody else's name

const path = (id: string) => `/api/v2/tickets/${id}/draft`;
export const draftOf = (id: Id): Draft => drafts.get(String(id)) ?? empty;

function change(id: Id, next: Partial<Draft>) {
  drafts.set(String(id), { ...draftOf(id), ...next });
  for (const watcher of watchers) watcher();
}

// What somebody else has typed in this browser is not shown to the one who is signed in now.
export function draftsBelongTo(user: Id) {
  if (owner && owner !== String(user)) drafts.clear();
  owner = String(user);
  isPaused = false;
}

export async function loadDraft(id: Id) {
  const key = String(id);
  const mine = drafts.get(key);
  if (!mine) change(id, {});
  else if (mine.state === 'dirty' || mine.state === 'failed' || mine.isSending) { plan(key, 0); return; }
  try {
    const { draft } = await get<{ draft: ServerDraft | null }>(path(key));
    const now = draftOf(id);
    if (now.state !== 'loading' && now.state !== 'saved') return;
    if (!draft) { change(id, now.revision !== null && now.state === 'saved' ? { ...fresh(), files: now.files, isPublic: now.isPublic, epoch: now.epoch + 1, isOpen: now.files.length > 0, state: 'saved' } : { state: 'saved' }); return; }
    if (now.revision === draft.revision) return;
    change(id, { ...adopted(now, draft), isOpen: now.isOpen || innerWidth >= kWide });
  } catch (problem) {
    if (draftOf(id).state !== 'loading') return;
    change(id, { state: 'saved', problem: problem instanceof ApiError && problem.status === 403 ? '' : wordsOf(problem) });
    if (isPassing(problem)) timers.set(key, setTimeout(() => readAgain(key), kAgainMs));
  }
}

const isPassing = (problem: unknown) => !(problem instanceof ApiError) || problem.status === 0 || problem.status >= 500 || problem.status === 429;

// What is stored may be a whole answer: it is looked for until it was read, unless something has been typed since.
function readAgain(key: string) {
  timers.delete(key);
  const { state, revision, text } = draftOf(key);
  if (state !== 'saved' || revision !== null || text) return;
  change(key, { state: 'loading', problem: '' });
  void loadDraft(key);
}

const adopted = (now: Draft, draft: ServerDraft): Partial<Draft> =>
  ({ text: draft.body, isPublic: draft.public, revision: draft.revision, savedAt: draft.updated_at, state: 'saved', other: null, epoch: now.epoch + 1, isRedacted: false, problem: '' });

function plan(key: string, ms: number) {
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(() => { timers.delete(key); void saveDraft(key); }, ms));
}

// Something was typed, picked or chosen. Only text and kind are the server's.
export function editDraft(id: Id, next: Partial<Pick<Draft, 'text' | 'isPublic' | 'files' | 'staged' | 'macros' | 'mentions' | 'isOpen' | 'isPlain' | 'problem'>>, { isFromEditor = false } = {}) {
  const now = draftOf(id);
  const isText = next.text !== undefined && next.text !== now.text;
  const isKind = next.isPublic !== undefined && next.isPublic !== now.isPublic && Boolean(next.text ?? now.text);
  change(id, { ...next, ...(isText && !isFromEditor ? { epoch: now.epoch + 1 } : {}), ...(next.isOpen !== undefined && now.isSending ? { goesOn: next.isOpen } : {}) });
  if (!isText && !isKind) return;
  if (now.state !== 'conflict') change(id, { state: 'dirty' });
  if (!now.isSending && now.state !== 'conflict') plan(String(id), kSaveMs);
}

export function changeFile(id: Id, key: string, next: Partial<FileItem>) {
  change(id, { files: draftOf(id).files.map((each) => (each.key === key ? { ...each, ...next } : each)) });
}

async function store(key: string, now: Draft): Promise<void> {
  if (!now.text.trim()) {
    if (now.revision !== null) await del(path(key));
    if (draftOf(key).revision === now.revision) change(key, { revision: null, savedAt: null, isRedacted: false });
    return;
  }
  const { draft } = await put<{ draft: ServerDraft }>(path(key), { draft: { body: now.text, public: now.isPublic, revision: now.revision ?? 0 } });
  change(key, { revision: draft.revision, savedAt: draft.updated_at, isRedacted: draft.body !== now.text });
}

async function meet(key: string, now: Draft): Promise<void> {
  const { draft } = await get<{ draft: ServerDraft | null }>(path(key));
  if (!draft) { change(key, { revision: null, state: 'dirty' }); plan(key, 0); return; }
  if (draft.body === draftOf(key).text) { change(key, { revision: draft.revision, state: 'dirty', isPublic: now.isPublic }); plan(key, 0); return; }
  change(key, { state: 'conflict', other: draft });
}

// One at a time; what was typed meanwhile is stored next.
export function saveDraft(id: Id): Promise<void> {
  const key = String(id);
  const running = saving.get(key);
  if (running) return running.then(() => (draftOf(key).state === 'dirty' ? saveDraft(key) : undefined));
  const now = draftOf(key);
  if (isPaused || now.isSending || (now.state !== 'dirty' && now.state !== 'failed')) return Promise.resolve();
  clearTimeout(timers.get(key));
  timers.delete(key);
  change(key, { state: 'saving' });
  const work = (async () => {
    try {
      await store(key, now);
      const then = draftOf(key);
      const isSame = then.text === now.text && then.isPublic === now.isPublic;
      change(key, { state: isSame ? 'saved' : 'dirty', problem: '' });
      if (!isSame && !then.isSending) plan(key, kSaveMs);
    } catch (problem) {
      const isClash = problem instanceof ApiError && problem.status === 409;
      change(key, { state: 'failed', problem: wordsOf(problem) });
      if (isClash) await meet(key, now).catch(() => {});
      else if (isPassing(problem)) plan(key, kAgainMs);
    }
  })().finally(() => saving.delete(key));
  saving.set(key, work);
  return work;
}

export function settleConflict(id: Id, choice: 'mine' | 'theirs' | 'both') {
  const now = draftOf(id);
  const { other } = now;
  if (!other) return;
  if (choice === 'theirs') { change(id, adopted(now, other)); return; }
  const text = choice === 'both' ? `${other.body}\n\n${now.text}` : now.text;
  change(id, { text, revision: other.revision, other: null, state: 'dirty', epoch: now.epoch + (choice === 'both' ? 1 : 0) });
  plan(String(id), 0);
}

// While a reply is on its way no draft is stored: the server ends the draft with the comment, and a later one would come back.
export async function beginSending(id: Id) {
  change(id, { isSending: true, goesOn: false, problem: '' });
  clearTimeout(timers.get(String(id)));
  await saving.get(String(id));
}

export function sendingFailed(id: Id, problem: string) {
  const now = draftOf(id);
  change(id, { isSending: false, problem, state: now.state === 'conflict' ? 'conflict' : 'dirty' });
  plan(String(id), 0);
}

// What was written while the reply was on its way belongs to the next one.
export const restOf = (sent: string, now: string) => (now.startsWith(sent) ? now.slice(sent.length).replace(/^\s+/, '') : now);

export function sentDraft(id: Id, sent: Draft) {
  const now = draftOf(id);
  const text = now.text === sent.text ? '' : restOf(sent.text, now.text);
  const files = now.files.filter((each) => !sent.files.some((one) => one.key === each.key));
  const staged = now.staged === sent.staged ? {} : now.staged;
  change(id, {
    ...fresh(), text, files, staged, isPublic: now.isPublic, isOpen: Boolean(text) || files.length > 0 || now.goesOn, epoch: now.epoch + 1,
    macros: now.macros.filter((each) => !sent.macros.includes(each)), state: text ? 'dirty' : 'saved',
  });
  if (text) plan(String(id), 0);
}

// A reply that was taken back: it is the server's draft again; what was typed since stands behind it.
export function restoreDraft(id: Id, back: ServerDraft, was: Draft) {
  const now = draftOf(id);
  const text = now.text.trim() ? `${was.text}\n\n${now.text}` : was.text;
  change(id, {
    text, isPublic: back.public, revision: back.revision, savedAt: back.updated_at, isOpen: true, epoch: now.epoch + 1, state: text === back.body ? 'saved' : 'dirty',
    isPlain: was.isPlain, staged: { ...was.staged, ...now.staged }, macros: [...was.macros, ...now.macros], files: [...was.files.map((each) => ({ ...each, token: null, done: 0 })), ...now.files],
  });
  if (text !== back.body) plan(String(id), 0);
}

const isAtRisk = (each: Draft) => each.isSending || each.files.length > 0 || (each.state !== 'saved' && each.state !== 'loading' && Boolean(each.text.trim()));
export const unsaved = () => [...drafts].filter(([, each]) => isAtRisk(each)).map(([id]) => id);

export const saveAllDrafts = () => Promise.all([...drafts].filter(([, each]) => each.state === 'dirty' || each.state === 'failed').map(([id]) => saveDraft(id))).then(() => {});

// Discards everything written for a ticket, here and on the server.
export async function throwAway(id: Id) {
  const key = String(id);
  clearTimeout(timers.get(key));
  await saving.get(key);
  const { epoch, isPublic } = draftOf(id);
  change(id, { ...fresh(), epoch: epoch + 1, isPublic, state: 'saved' });
  await del(path(key)).catch(() => {});
}

beforeLeaving.add(saveAllDrafts);
whenForgotten.add(() => {
  isPaused = true;
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
});
addEventListener('online', () => void saveAllDrafts());
document.addEventListener('visibilitychange', () => { if (document.hidden) void saveAllDrafts(); });
addEventListener('beforeunload', (event) => {
  if (unsaved().length === 0) return;
  void saveAllDrafts();
  event.preventDefault();
});

export function useDraft(id: Id): Draft {
  const follow = (told: () => void) => { watchers.add(told); return () => { watchers.delete(told); }; };
  return useSyncExternalStore(follow, () => draftOf(id), () => empty);
}

// For tests.
export function forgetDrafts() {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  drafts.clear();
  saving.clear();
  owner = '';
  isPaused = false;
}
