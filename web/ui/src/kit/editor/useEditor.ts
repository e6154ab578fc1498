// The editor of one definition: a draft over what the server has, saved with what was changed only, and never lost by a refusal.
// It replaces the version that it was begun with: of another one, what only others have changed stays, and the rest is asked about.
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { ApiError, type Id } from '@/api/http';
import { changeThing, createThing, isOutdated, readThing } from '@/api/versions';
import { failure, notice } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import type { Problems } from '@/kit/conditions/types';
import { changedKeys, isSame, mergeOf, pick } from './merge';
import { noProblems, problemsOf } from './problems';
import { useLeaveGuard } from './useLeaveGuard';

const kTries = 3; // while others go on changing it

export interface EditorOptions<Saved extends { id: Id }, Draft extends object> {
  path: string; // "/api/v2/views"
  name: string; // "view": the key in bodies and answers
  saved: Saved | null; // null: a new one
  toDraft: (saved: Saved | null) => Draft;
  toBody?: (part: Partial<Draft>, isNew: boolean) => unknown; // what is sent of the draft; itself unless given
  onSaved: (saved: Saved, isNew: boolean) => void;
}
export interface Clash<Saved, Draft> { now: Saved; both: (keyof Draft)[] }

export interface Editor<Saved, Draft> {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  replace: (draft: Draft) => void;
  isNew: boolean;
  isDirty: boolean;
  isBusy: boolean;
  problems: Problems;
  clash: Clash<Saved, Draft> | null;
  isGone: boolean;
  save: () => void;
  saveOver: () => void;
  takeTheirs: () => void;
  discard: () => void;
  release: () => void; // the page may be left without a question
}

export function useEditor<Saved extends { id: Id }, Draft extends object>(options: EditorOptions<Saved, Draft>): Editor<Saved, Draft> {
  const { path, name, toDraft, toBody } = options;
  const t = useWords('rules');
  const [base, setBase] = useState<Saved | null>(options.saved);
  const [draft, setDraft] = useState<Draft>(() => toDraft(options.saved));
  const [problems, setProblems] = useState<Problems>(noProblems);
  const [clash, setClash] = useState<Clash<Saved, Draft> | null>(null);
  const [isGone, setGone] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const busy = useRef(false);
  const baseDraft = useMemo(() => toDraft(base), [base, toDraft]);
  const isDirty = !isSame(draft, baseDraft);
  const { release } = useLeaveGuard(isDirty);

  // What arrives later (a refetch) is taken over while nothing has been typed.
  useLayoutEffect(() => {
    if (options.saved && !isDirty && !busy.current && !isSame(options.saved, base)) { setBase(options.saved); setDraft(toDraft(options.saved)); }
  }, [options.saved]); // eslint-disable-line

  const set = useCallback((change: Partial<Draft>) => setDraft((was) => ({ ...was, ...change })), []);

  // Resolves to null where somebody has to decide.
  async function replaced(over: Saved, body: unknown): Promise<Saved | null> {
    for (let read = over, at = 0; ; at += 1) {
      try {
        return await changeThing<Saved>(`${path}/${read.id}`, name, body, read);
      } catch (error) {
        if (!isOutdated(error) || at >= kTries) throw error;
        const now = await readThing<Saved>(`${path}/${read.id}`, name);
        const { both, theirs } = mergeOf(toDraft(read), draft, toDraft(now));
        if (both.length) { setClash({ now, both }); return null; }
        if (theirs.length) notice(t('merged'));
        read = now;
      }
    }
  }

  // `over`: what somebody has seen and decided to replace.
  async function store(over: Saved | null) {
    if (busy.current) return;
    busy.current = true;
    setBusy(true);
    setProblems(noProblems);
    try {
      const part = base ? pick(draft, changedKeys(baseDraft, draft)) : draft;
      const body = toBody ? toBody(part, !base) : part;
      const saved = base ? await replaced(over ?? base, body) : await createThing<Saved>(path, name, body);
      if (!saved) return;
      setBase(saved);
      setDraft(toDraft(saved));
      setClash(null);
      release();
      void queries.invalidateQueries();
      options.onSaved(saved, !base);
    } catch (error) {
      if (!(error instanceof ApiError)) { failure(error); return; }
      if (error.status === 404 && base) setGone(true);
      else setProblems(problemsOf(error, name, t));
    } finally {
      busy.current = false;
      setBusy(false);
    }
  }

  return {
    draft, set, replace: setDraft, isNew: !base, isDirty, isBusy, problems, clash, isGone, release,
    save: () => void store(null),
    saveOver: () => { if (clash) void store(clash.now); },
    takeTheirs: () => { if (clash) { setBase(clash.now); setDraft(toDraft(clash.now)); setClash(null); } },
    discard: () => { setDraft(baseDraft); setProblems(noProblems); setClash(null); if (isGone) setBase(null); },
  };
}
