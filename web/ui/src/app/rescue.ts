// Nobody who works by keys loses his place because what had the focus has gone: a row that was removed, a button that became another
// one, a field that was shut while it was saved. The focus goes to what stands there now, and back to what was only shut. What the
// browser does by itself, and what screens do, comes first; lists of tickets have a place of their own, and are left alone.
const kStops = 'a[href], button:not(:disabled), summary, [tabindex="0"]'; // no fields: keys that were meant for the page would be typed into them
const kShutMs = 1000; // what is shut for longer has nothing to do any more
const kAround = 14; // containers that are tried, from the smallest

interface Around { box: Element; at: number } // which of the box's stops it was
let was: HTMLElement | null = null;
let around: Around[] = [];
let wasShut = false;
let timer: ReturnType<typeof setTimeout> | undefined;

const stopsOf = (box: Element) => [...box.querySelectorAll<HTMLElement>(kStops)].filter((each) => !each.closest('[hidden]'));
const isShut = (each: HTMLElement) => each.matches(':disabled');

function remember(event: Event) {
  const at = event.target;
  if (!(at instanceof HTMLElement) || at === document.body || at.closest('dialog')) return; // a dialog gives the focus back
  was = at;
  around = [];
  const main = at.closest('main');
  if (!main || at === main || at.closest('[role=grid]')) return;
  for (let box = at.parentElement; box && box !== main && around.length < kAround; box = box.parentElement) around.push({ box, at: stopsOf(box).indexOf(at) });
}

const isLost = () => was !== null && document.activeElement === document.body && !document.querySelector('dialog[open]');

function toNeighbour() {
  const found = around.find(({ box }) => box.isConnected && stopsOf(box).length > 0);
  was = null;
  if (!found) return;
  const stops = stopsOf(found.box);
  stops[Math.min(Math.max(found.at, 0), stops.length - 1)]?.focus({ preventScroll: true });
}

function rescue() {
  if (!was || !isLost()) return;
  if (!was.isConnected) { toNeighbour(); return; }
  if (isShut(was)) {
    wasShut = true;
    clearTimeout(timer);
    timer = setTimeout(() => { if (was && isLost() && was.isConnected && isShut(was)) toNeighbour(); }, kShutMs);
  } else if (wasShut) {
    wasShut = false;
    was.focus({ preventScroll: true });
  }
}

// Until what it returns is called.
export function keepFocus(): () => void {
  const observer = new MutationObserver(rescue);
  const remembered = (event: Event) => { wasShut = false; remember(event); };
  document.addEventListener('focusin', remembered);
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
  return () => { document.removeEventListener('focusin', remembered); observer.disconnect(); clearTimeout(timer); was = null; around = []; };
}
