// A list of tickets with everything that can be done in it; what stands around it (title, filters) is the screen's.
import { useEffect, useLayoutEffect, useMemo, type ReactNode } from 'react';
import { useLiveState } from '@/app/live';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Failed } from '@/kit/Page';
import { ScreenWait } from '@/kit/Wait';
import { wordsOf } from '@/api/http';
import { warmForTickets } from '../ticket/data/queries';
import { BulkBar } from './BulkBar';
import { textOf } from './columns';
import { Grid, kWholeMost } from './Grid';
import type { Sorting } from './GridHead';
import { setOrder } from './order';
import { useWhoIsThere } from './presence';
import { useSelection } from './selection';
import type { Ticket } from '@/screens/desk/types';
import { useBulk } from './useBulk';
import { useKnown } from './useKnown';
import type { LiveFeed } from './useFeed';

const kWarmMs = 1500; // after the list is shown

// The same list from its other end: where, and what the way there is called.
export interface Turn { address: string; title: string; isTurned: boolean }

interface ListProps { live: LiveFeed; title: string; address: string; columnIds: string[]; groupBy?: string | null; sorting?: Sorting | null; total?: number | null; empty: ReactNode; turn?: Turn }

export function TicketList({ live, title, address, columnIds, groupBy = null, sorting = null, total = null, empty, turn }: ListProps) {
  const t = useWords('desk');
  const { can } = useSession();
  const { feed, state } = live;
  const columns = useMemo(() => (groupBy ? [...columnIds, groupBy] : columnIds), [columnIds, groupBy]);
  const known = useKnown(feed, state.rows, columns);
  useEffect(() => {
    if (state.isFirst) return;
    const timer = setTimeout(warmForTickets, kWarmMs);
    return () => clearTimeout(timer);
  }, [state.isFirst]);
  const tools = useSelection();
  const here = useWhoIsThere();
  const isLive = useLiveState();
  const count = Math.max(total ?? state.count ?? 0, state.rows.length);
  const doBulk = useBulk(feed, tools, count);
  const maySelect = can('tickets:write') || can('tickets:delete');

  useLayoutEffect(() => {
    setOrder({ title, address, ids: feed.ids(), total: count, more: state.hasMore ? async () => { await feed.more(); return feed.ids(); } : undefined });
  }, [title, address, state.rows, count, state.hasMore, feed]);

  const groupTitle = useMemo(() => (groupBy ? (ticket: Ticket) => textOf(known, ticket, groupBy) : undefined), [groupBy, known]);
  const chosen = useMemo(() => (tools.selection.isAll ? [] : [...tools.selection.ids]), [tools.selection]);

  if (state.problem && state.rows.length === 0) return <Failed words={wordsOf(state.problem)} onAgain={() => void feed.more()} again={t('common:again')} />;
  if (state.isFirst) return <ScreenWait />;
  return (
    <>
      {state.problem !== null && <Failed words={wordsOf(state.problem)} onAgain={() => { feed.touch(); void feed.revalidate(0, 0); void feed.more(); }} again={t('common:again')} />}
      {isLive === 'again' && <p role="status" className="bg-warn-ground px-4 py-1 text-sm text-warn">{t('list.not_live')}</p>}
      {state.building !== null && <p role="status" className="px-4 py-2 text-sm text-faint">{t('list.building', { percent: state.building })}</p>}
      {state.rows.length === 0 ? <div className="min-h-0 flex-1 overflow-auto">{empty}</div>
        : <Grid live={live} known={known} columnIds={columnIds} groupBy={groupTitle} sorting={sorting} tools={maySelect ? tools : null} label={title} total={count} here={here} turnTo={turn?.address} />}
      {(turn?.isTurned || (state.hasMore && count > kWholeMost)) && (
        <p className="flex shrink-0 flex-wrap items-center justify-center gap-x-3 border-t border-line bg-ground px-3 py-0.5 text-xs text-faint">
          <span data-loaded>{t('list.loaded', { loaded: number(state.rows.length), count, total: number(count) })}</span>
          {turn && <a href={`#${turn.address}`} className="inline-flex min-h-6 items-center">{turn.title}</a>}
        </p>
      )}
      {maySelect && <BulkBar tools={tools} total={count} ids={chosen} doBulk={doBulk} />}
    </>
  );
}
