// One event stream for the page. The browser reconnects by itself and sends Last-Event-ID, so nothing is missed.
import { parseJson } from './api.js';

const listeners = new Set();
let source = null;

function mark(on, words) {
  const box = document.getElementById('live');
  box.classList.toggle('on', on);
  box.textContent = words;
}

export function startLive() {
  if (source) return;
  source = new EventSource('/api/v2/changes/stream');
  source.addEventListener('hello', () => mark(true, 'live'));
  source.addEventListener('change', (event) => {
    mark(true, 'live');
    const entry = parseJson(event.data);
    for (const listener of listeners) listener(entry);
  });
  source.addEventListener('bye', () => { stopLive(); });
  source.addEventListener('error', () => {
    mark(false, 'reconnecting…');
    // CLOSED: the server refused (signed out, too many pages); the browser does not try again by itself.
    if (source && source.readyState === EventSource.CLOSED) {
      source = null;
      setTimeout(startLiveIfWanted, 15000);
    }
  });
  wanted = true;
}

let wanted = false;
function startLiveIfWanted() { if (wanted) startLive(); }

export function stopLive() {
  wanted = false;
  if (source) source.close();
  source = null;
  mark(false, 'offline');
}

// Calls `listener` with every feed entry; returns a function that ends it.
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// The ticket numbers that an entry is about.
export function ticketsOf(entry) {
  return entry.changes.filter((each) => /^(ticket|comment)/.test(each.kind)).map((each) => String(each.object));
}
