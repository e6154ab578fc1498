// Counts follow the mail that comes in: asked for again soon after the feed tells of some, and not more often than that.
import { useCallback, useEffect, useMemo } from 'react';
import { useLive, type FeedEntry } from '@/app/live';
import { queries } from '@/app/session';
import { together } from '@/app/together';

const kSettleMs = 2_000;

const again = () => Promise.all(['rules', 'stats', 'sets'].map((name) => queries.invalidateQueries({ queryKey: ['redaction', name] })));

export function useLiveCounts() {
  const news = useMemo(() => together(again, kSettleMs), []);
  useEffect(() => () => { if (news.stop()) void again(); }, [news]); // the next screen about redaction shows them, too
  useLive(useCallback((entry: FeedEntry) => {
    if (entry.changes.some((each) => /^(ticket\.created|comment|mail\.|redaction|rules)/.test(each.kind))) news.tell();
  }, [news]));
}

export const forgetRules = () => queries.invalidateQueries({ queryKey: ['redaction'], predicate: ({ queryKey }) => queryKey[1] !== 'draft' && queryKey[1] !== 'set' });
