// One event stream for the page, while it is seen: browsers open six connections to one host for all tabs together, so that
// a hidden tab gives its own back. Each stream begins behind the last entry of the one before: nothing is missed.
import { useLayoutEffect, useSyncExternalStore } from 'react';
import { ApiError, get, parseJson, query, type Id } from '@/api/http';
import { checkSession, queries } from './session';

export interface Change { kind: string; object: Id; [more: string]: unknown }
export interface FeedEntry { changes: Change[]; isResync?: boolean }
// Who else is at a ticket at this moment; the feed does not keep it.
export interface PresenceSeen { ticket_id: Id; others: { user_id: Id; state: 'viewing' | 'typing' }[] }
export type LiveState = 'off' | 'live' | 'again';

const kAgainMs = 15_000;
const listeners = new Set<(entry: FeedEntry) => void>();
const watchers = new Set<() => void>();
const presenceListeners = new Set<(seen: PresenceSeen) => void>();
let source: EventSource | null = null;
let isWanted = false;
let isEarly = false; // opened before it is known who is signed in
let timer = 0;
let last = ''; // the id of the last entry that has arrived
let state: LiveState = 'off';
let present: ReadonlyMap<string, PresenceSeen['others']> = new Map(); // who is at which ticket, as far as it was told

function mark(next: LiveState) {
  state = next;
  for (const watcher of watchers) watcher();
}

function tell(entry: FeedEntry) {
  for (const listener of listeners) listener(entry);
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

function setPresent(next: typeof present) {
  present = next;
  for (const watcher of watchers) watcher();
}

function seen(event: MessageEvent) {
  const told = parseJson(event.data) as PresenceSeen;
  const next = new Map(present);
  if (told.others.length > 0) next.set(String(told.ticket_id), told.others);
  else next.delete(String(told.ticket_id));
  setPresent(next);
  for (const each of presenceListeners) each(told);
}

// Before the first question, or while none has been answered or asked: what will be read is newer than the stream's beginning.
const nothingIsRead = () => queries.getQueryCache().getAll().every(({ state: of }) => of.fetchStatus === 'idle' && of.dataUpdatedAt === 0);

// 'hello' says where the stream begins. When that is not behind what we have seen, everything read before it may be old.
function greeted(event: MessageEvent) {
  const isBehind = last !== '' && event.lastEventId === last;
  last = event.lastEventId;
  if (present.size > 0) setPresent(new Map()); // who has left in between is told to nobody
  mark('live');
  if (isBehind || nothingIsRead()) return;
  void queries.invalidateQueries();
  tell({ changes: [], isResync: true });
}

function changed(event: MessageEvent) {
  last = event.lastEventId;
  mark('live');
  tell(parseJson(event.data) as FeedEntry);
}

// A stream does not say why it was refused. Where it was the place itself (410: kept no longer, or ahead of a feed that was put
// back), the next one begins anew and everything is read again; else it goes on where it was.
async function checkPlace(place: string) {
  if (place === '') return;
  try {
    await get<unknown>(`/api/v2/changes${query({ after: place, limit: 1 })}`);
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 410 && last === place) last = '';
  }
}

function failed() {
  if (isEarly) { close(); return; } // nobody is signed in, or it is asked again when somebody is
  mark('again');
  // CLOSED: the server refused (signed out, too many pages); the browser does not try again by itself.
  if (!source || source.readyState !== EventSource.CLOSED) return;
  close();
  void checkSession();
  void checkPlace(last);
  timer = window.setTimeout(open, kAgainMs);
}

function open() {
  if (source || !(isWanted || isEarly) || document.hidden) return;
  source = new EventSource(`/api/v2/changes/stream${last ? `?after=${last}` : ''}`);
  source.addEventListener('hello', greeted);
  source.addEventListener('change', changed);
  source.addEventListener('presence', seen);
  source.addEventListener('bye', () => { close(); if (!isEarly) void checkSession(); });
  source.addEventListener('error', failed);
}

document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
addEventListener('online', () => { close(); open(); });
addEventListener('offline', () => { if (isWanted) { close(); mark('again'); } });

export function startLive() {
  isWanted = true;
  isEarly = false;
  open();
}

// With the page's first question, who is signed in: a stream that begins before anything is read lets nothing be read twice.
export function startLiveEarly() {
  isEarly = true;
  open();
}

export function stopLive() {
  isWanted = false;
  isEarly = false;
  close();
  last = ''; // the next one who signs in may be of another workspace
  present = new Map();
  mark('off');
}

// Calls `listener` with every entry of the feed until what it returns is called. An entry with `isResync` has no changes.
export function onEntry(listener: (entry: FeedEntry) => void): () => void {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
}

// The same while a component is shown: from the moment on, for what comes before the next picture is news too.
export function useLive(listener: (entry: FeedEntry) => void) {
  useLayoutEffect(() => onEntry(listener), [listener]);
}

export function usePresenceNews(listener: (seen: PresenceSeen) => void) {
  useLayoutEffect(() => {
    presenceListeners.add(listener);
    return () => { presenceListeners.delete(listener); };
  }, [listener]);
}

const follow = (told: () => void) => { watchers.add(told); return () => { watchers.delete(told); }; };

// Who has which ticket open at this moment.
export const usePresent = () => useSyncExternalStore(follow, () => present, () => present);

export function useLiveState(): LiveState {
  return useSyncExternalStore(follow, () => state, () => 'off' as const);
}

// Numbers of the tickets that an entry is about. How far a message's delivery is changes nothing that a list shows or counts.
export const ticketsOf = (entry: FeedEntry) =>
  entry.changes.filter((each) => /^(ticket|comment)/.test(each.kind) && each.kind !== 'comment.delivery').map((each) => String(each.object));
