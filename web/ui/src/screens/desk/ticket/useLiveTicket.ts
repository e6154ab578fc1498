// What happens to the shown ticket elsewhere shows itself here, without touching what is being written or moving what is read.
import { useCallback, useEffect, useRef } from 'react';
import type { Id } from '@/api/http';
import { useLive, type FeedEntry } from '@/app/live';
import { queries } from '@/app/session';
import { refreshComments } from './data/queries';

const kTogetherMs = 120; // one change of the server often makes several entries

export function useLiveTicket(id: Id) {
  const changed = useRef<Set<string>>(new Set());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const heard = useCallback((entry: FeedEntry) => {
    if (entry.isResync) return; // every query is asked again then
    const about = entry.changes.filter((each) => /^(ticket|comment)/.test(each.kind) && String(each.object) === String(id));
    if (about.length === 0) return;
    for (const each of about) if (each.detail) changed.current.add(String(each.detail));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const comments = [...changed.current];
      changed.current = new Set();
      void queries.invalidateQueries({ queryKey: ['ticket', String(id)], exact: true });
      void queries.invalidateQueries({ queryKey: ['ticket', String(id), 'events'] });
      void refreshComments(id, comments).catch(() => {});
    }, kTogetherMs);
  }, [id]);
  useLive(heard);
  useEffect(() => () => clearTimeout(timer.current), []);
}
