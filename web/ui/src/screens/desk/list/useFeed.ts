// The feed of a list, kept until somebody else signs in (it lives among the queries), and told of what happens.
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { ticketsOf, useLive, type FeedEntry } from '@/app/live';
import { queries } from '@/app/session';
import { together } from '@/app/together';
import { keepPeople } from '../ticket/data/people';
import { Feed, type FeedState, type Source } from './feed';

const kTogetherMs = 300; // a burst of mail is one reading
const kBuildingMs = 2000;
const kSettledMs = 120; // scrolling has come to rest
queries.setQueryDefaults(['feed'], { gcTime: Infinity });

function feedOf(source: Source): Feed {
  const known = queries.getQueryData<Feed>(['feed', source.key]);
  if (known) return known;
  const made = new Feed({ key: source.key, load: async (after) => {
    const page = await source.load(after);
    if (page.people) keepPeople(page.people);
    return page;
  } });
  queries.setQueryData(['feed', source.key], made);
  return made;
}

export interface LiveFeed { feed: Feed; state: FeedState; seen: (first: number, last: number) => void; fresh: ReadonlySet<string> }

export function useFeed(source: Source): LiveFeed {
  const feed = useMemo(() => feedOf(source), [source.key]);
  const state = useSyncExternalStore(feed.follow, feed.snapshot, feed.snapshot);
  const range = useRef<[number, number]>([0, 40]);
  const settling = useRef(0);
  const fresh = useRef(new Set<string>());

  const read = useCallback(() => feed.revalidate(...range.current), [feed]);
  const news = useMemo(() => together(read, kTogetherMs), [read]);
  useEffect(() => {
    fresh.current = new Set();
    feed.touch(); // what was loaded before was not told of anything while it was not shown
    void read();
    return () => { news.stop(); clearTimeout(settling.current); };
  }, [feed, read, news]);
  useEffect(() => {
    if (state.building === null) return;
    const poll = setInterval(() => { feed.touch(); void read(); }, kBuildingMs);
    return () => clearInterval(poll);
  }, [feed, read, state.building]);
  useLive(useCallback((entry: FeedEntry) => {
    const changed = ticketsOf(entry);
    if (changed.length === 0 && !entry.isResync) return;
    for (const each of changed) fresh.current.add(each);
    feed.touch();
    news.tell();
  }, [feed, news]));
  const seen = useCallback((first: number, last: number) => {
    range.current = [first, last];
    clearTimeout(settling.current);
    settling.current = window.setTimeout(() => void read(), kSettledMs);
  }, [read]);
  return { feed, state, seen, fresh: fresh.current };
}
