// Does something to the selected tickets: collects them, asks where it matters, runs the jobs, tells the end and offers the way back.
import { useCallback, useRef } from 'react';
import { itemWords } from '@/api/said';
import { failure, notice } from '@/app/notices';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { confirmed } from '@/kit/Confirm';
import { runBulk, undoAll, type Done, type Start } from './bulk';
import type { Feed } from './feed';
import { sizeOf, type SelectionTools } from './selection';

const kAskAbove = 25; // more than fit on a screen: the number is said before anything is done

// Those of the list first, in its order; then what has left it meanwhile.
function inOrder(list: string[], wanted: ReadonlySet<string>): string[] {
  const here = list.filter((each) => wanted.has(each));
  const found = new Set(here);
  return [...here, ...[...wanted].filter((each) => !found.has(each))];
}

export interface Deed { title: string; start: Start; isDangerous?: boolean; text?: string }
export type DoBulk = (deed: Deed) => Promise<void>;

export function useTellEnd() {
  const t = useWords('desk');
  return useCallback((title: string, done: Done) => {
    const parts = [t(done.isStopped ? 'bulk.stopped' : 'bulk.done', { title, count: done.done, number: number(done.done) })];
    if (done.failed.length > 0) parts.push(t('bulk.failed', { count: done.failed.length, which: done.failed.slice(0, 5).map((each) => `#${each.id} ${itemWords(each.error, each.details)}`).join('; ') }));
    const undo = done.undo.length === 0 ? undefined : () => {
      undoAll(t('bulk.undoing', { title }), done.undo).then((back) => notice([t('bulk.undone', { count: back.done, number: number(back.done) }), back.failed.length > 0 ? t('bulk.kept', { count: back.failed.length }) : ''].join(' ')), failure);
    };
    notice(parts.join(' '), { undo, ms: undo ? 20_000 : 8_000 });
  }, [t]);
}

export function useBulk(feed: Feed, tools: SelectionTools, total: number): DoBulk {
  const t = useWords('desk');
  const tellEnd = useTellEnd();
  const now = useRef({ tools, total });
  now.current = { tools, total };
  return useCallback(async ({ title, start, isDangerous = false, text }) => {
    const { selection, clear } = now.current.tools;
    const count = sizeOf(selection, now.current.total);
    if (count === 0) return;
    if (count > kAskAbove || (isDangerous && count > 1)) {
      const isSure = await confirmed({ title: t('bulk.ask', { title, count, number: number(count) }), text: text ?? t('bulk.ask_text'), action: title, isDangerous });
      if (!isSure) return;
    }
    const ids = selection.isAll
      ? async (told: (count: number) => void, signal: AbortSignal) => (await feed.everyId(told, signal)).filter((each) => !selection.ids.has(each))
      : inOrder(feed.ids(), selection.ids);
    try {
      const done = await runBulk(title, ids, start);
      clear();
      tellEnd(title, done);
    } catch (problem) {
      if ((problem as Error).message === 'busy') notice(t('bulk.busy'), { kind: 'failed' });
      else failure(problem);
    }
  }, [feed, t, tellEnd]);
}
