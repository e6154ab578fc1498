// Counts follow the mail that comes in: asked for again soon after the feed tells of some, and not more often than that.
import { useCallback, useEffect, useRef } from 'react';
import { useLive, type FeedEntry } from '@/app/live';
import { queries } from '@/app/session';

const kSettleMs = 2_000;

export function useLiveCounts() {
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  useLive(useCallback((entry: FeedEntry) => {
    const isMail = entry.changes.some((each) => /^(ticket\.created|comment|mail\.|redaction|rules)/.test(each.kind));
    if (!isMail || timer.current) return;
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      for (const name of ['rules', 'stats', 'sets']) void queries.invalidateQueries({ queryKey: ['redaction', name] });
    }, kSettleMs);
  }, []));
}

export const forgetRules = () => queries.invalidateQueries({ queryKey: ['redaction'], predicate: ({ queryKey }) => queryKey[1] !== 'draft' && queryKey[1] !== 'set' });
