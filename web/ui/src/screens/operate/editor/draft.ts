// The document that is being written. It lives in memory with the other data of the session, so that it survives a look at
// another screen and a failed request, and is gone when its author signs out.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect } from 'react';
import { queries } from '@/app/session';
import { setQuery, setsQuery } from '../api';

export interface Draft { document: string; original: string; base: number; note: string; sample: string }

const kKey = ['redaction', 'draft'];

const now = () => queries.getQueryData<Draft>(kKey);

// What was typed, also while this was on its way, is kept.
async function fresh(): Promise<Draft> {
  const { active } = await queries.fetchQuery({ ...setsQuery, staleTime: 0 });
  const { document } = await queries.fetchQuery(setQuery(active));
  const typed = now();
  if (typed && isChanged(typed)) return typed;
  return { document, original: document, base: active, note: typed?.note ?? '', sample: typed?.sample ?? '' };
}

export const draftQuery = queryOptions({ queryKey: kKey, queryFn: fresh, staleTime: Number.POSITIVE_INFINITY, gcTime: Number.POSITIVE_INFINITY });
export const isChanged = (draft: Draft) => draft.document !== draft.original;
export const changeDraft = (change: Partial<Draft>) => queries.setQueryData<Draft>(kKey, (was) => (was ? { ...was, ...change } : was));
const follow = () => queries.fetchQuery({ ...draftQuery, staleTime: 0 });

// What was typed is given up, or is in force now: then what was typed since it was sent stays.
export function startOver(published?: { document: string; base: number }) {
  queries.setQueryData<Draft>(kKey, (was) => (was ? { ...was, original: published?.document ?? was.document, base: published?.base ?? was.base, note: '', sample: '' } : was));
  return follow();
}

// Another version to work on: it replaces what is in force now.
export async function editVersion(number: number) {
  const [{ document }, { active }] = await Promise.all([queries.fetchQuery(setQuery(number)), queries.fetchQuery({ ...setsQuery, staleTime: 0 })]);
  const { document: original } = await queries.fetchQuery(setQuery(active));
  queries.setQueryData<Draft>(kKey, (was) => ({ document: document.replace(/^# on top of version \d+\n?/, ''), original, base: active, note: '', sample: was?.sample ?? '' }));
}

export function useDraft() {
  const answer = useQuery(draftQuery);
  const active = useQuery(setsQuery).data?.active;
  const draft = answer.data;
  useEffect(() => { // nothing was typed yet: what is in force now is what one begins with
    if (draft && active !== undefined && draft.base !== active && !isChanged(draft)) void follow();
  }, [draft, active]);
  const hasWork = draft ? isChanged(draft) : false;
  useLayoutEffect(() => {
    if (!hasWork) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [hasWork]);
  return { ...answer, draft, active, isOutdated: Boolean(draft && active !== undefined && draft.base !== active) };
}
