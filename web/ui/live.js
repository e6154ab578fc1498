// One event stream for the page, while it is seen: browsers open six connections to one host for all tabs together, so
// that a hidden tab gives its own back. Each stream begins behind the last entry of the one before: nothing is missed.
import { checkSession, parseJson } from './api.js';

const kAgainMs = 15000;
const listeners = new Set();
let source = null;
let isWanted = false;
let timer = 0;
let last = '';  // the id of the last entry that has arrived

function mark(on, words) {
  const box = document.getElementById('live');
  box.classList.toggle('on', on);
  box.textContent = words;
}

function tell(entry) {
  for (const listener of listeners) listener(entry);
}

function close() {
  clearTimeout(timer);
  if (source) source.close();
  source = null;
}

// 'hello' says where the stream begins. When that is not behind what we have seen, the views read everything again.
function greeted(event) {
  mark(true, 'live');
  const isBehind = last !== '' && event.lastEventId === last;
  last = event.lastEventId;
  if (!isBehind) tell({ changes: [], isResync: true });
}

function changed(event) {
  mark(true, 'live');
  last = event.lastEventId;
  tell(parseJson(event.data));
}

function failed() {
  mark(false, 'reconnecting…');
  // CLOSED: the server refused (signed out, too many pages); the browser does not try again by itself.
  if (!source || source.readyState !== EventSource.CLOSED) return;
  close();
  checkSession().catch(() => {});
  timer = setTimeout(open, kAgainMs);
}

function open() {
  if (source || !isWanted || document.hidden) return;
  source = new EventSource(`/api/v2/changes/stream${last ? `?after=${last}` : ''}`);
  source.addEventListener('hello', greeted);
  source.addEventListener('change', changed);
  source.addEventListener('bye', () => { close(); checkSession().catch(() => {}); });
  source.addEventListener('error', failed);
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) close();
  else open();
});

export function startLive() {
  isWanted = true;
  open();
}

export function stopLive() {
  isWanted = false;
  close();
  last = '';  // the next one who signs in may be of another workspace
  mark(false, 'offline');
}

// Calls `listener` with every feed entry; returns a function that ends it. An entry with `isResync` has no changes: what
// was read before it may be old.
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// The ticket numbers that an entry is about.
export function ticketsOf(entry) {
  return entry.changes.filter((each) => /^(ticket|comment)/.test(each.kind)).map((each) => String(each.object));
}
