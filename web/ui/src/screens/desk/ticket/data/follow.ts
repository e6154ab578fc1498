// Keeps the tickets that were read as they are: what the feed tells of one is asked for again. At once for the one that is shown,
// and for what is on its way (it was asked before the news); what was only read ahead is asked for when somebody comes to it.
import { onEntry, type FeedEntry } from '@/app/live';
import { queries } from '@/app/session';
import { commentsKey, eventsKey, refreshComments, ticketKey } from './queries';

const kTogetherMs = 120; // one change of the server often makes several entries
const waiting = new Map<string, Set<string>>(); // the tickets that have changed, and which of their comments

type Key = readonly unknown[];
const isShown = (key: Key) => (queries.getQueryCache().find({ queryKey: key, exact: true })?.getObserversCount() ?? 0) > 0;
const isOnItsWay = (key: Key) => queries.getQueryState(key)?.fetchStatus !== 'idle' && queries.getQueryState(key) !== undefined;

// What nobody looks at becomes old; an answer that was asked for before must not make it new again.
async function lapse(key: Key) {
  if (isOnItsWay(key)) await queries.cancelQueries({ queryKey: key, exact: true });
  await queries.invalidateQueries({ queryKey: key, exact: true, refetchType: 'none' });
}

function again(key: Key) {
  void (isShown(key) ? queries.invalidateQueries({ queryKey: key, exact: true }) : lapse(key));
}

async function commentsAgain(id: string, changed: string[]) {
  const key = commentsKey(id);
  if (!isShown(key)) return lapse(key);
  // The first pages are on their way, and may have been read before the change: what they lack is asked for behind them.
  if (isOnItsWay(key)) await queries.getQueryCache().find({ queryKey: key, exact: true })?.promise?.catch(() => {});
  await refreshComments(id, changed);
}

function read(id: string) {
  const changed = waiting.get(id) ?? new Set();
  waiting.delete(id);
  again(ticketKey(id));
  again(eventsKey(id));
  void commentsAgain(id, [...changed]).catch(() => {});
}

export function heard(entry: FeedEntry) {
  if (entry.isResync) return; // every query is asked again then
  for (const each of entry.changes) {
    const id = String(each.object);
    if (!/^(ticket|comment)/.test(each.kind) || queries.getQueryCache().findAll({ queryKey: ticketKey(id) }).length === 0) continue;
    if (!waiting.has(id)) {
      waiting.set(id, new Set());
      setTimeout(() => read(id), kTogetherMs);
    }
    if (each.detail) waiting.get(id)!.add(String(each.detail));
  }
}

onEntry(heard);
