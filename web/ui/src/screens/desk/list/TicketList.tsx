// A list of tickets with everything that can be done in it; what stands around it (title, filters) is the screen's.
import { useCallback, useLayoutEffect, useMemo, type ReactNode } from 'react';
import { useLiveState, usePresent } from '@/app/live';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Failed } from '@/kit/Page';
import { ScreenWait } from '@/kit/Wait';
import { wordsOf, type Id } from '@/api/http';
import { nameOf, usePeople } from '../ticket/data/people';
import { BulkBar } from './BulkBar';
import { textOf } from './columns';
import { Grid } from './Grid';
import type { Sorting } from './GridHead';
import { setOrder } from './order';
import { useSelection } from './selection';
import type { Ticket } from '@/screens/desk/types';
import { useBulk } from './useBulk';
import { useKnown } from './useKnown';
import type { LiveFeed } from './useFeed';

interface ListProps { live: LiveFeed; title: string; address: string; columnIds: string[]; groupBy?: string | null; sorting?: Sorting | null; total?: number | null; empty: ReactNode }

export function TicketList({ live, title, address, columnIds, groupBy = null, sorting = null, total = null, empty }: ListProps) {
  const t = useWords('desk');
  const { can } = useSession();
  const { feed, state } = live;
  const known = useKnown(feed, state.rows);
  const tools = useSelection();
  const present = usePresent();
  const around = usePeople(can('users:read') ? [...present.values()].flatMap((each) => each.map((one) => one.user_id)) : []);
  const isLive = useLiveState();
  const count = Math.max(total ?? state.count ?? 0, state.rows.length);
  const doBulk = useBulk(feed, tools, count);
  const maySelect = can('tickets:write') || can('tickets:delete');

  useLayoutEffect(() => {
    setOrder({ title, address, ids: feed.ids(), total: count, more: state.hasMore ? async () => { await feed.more(); return feed.ids(); } : undefined });
  }, [title, address, state.rows, count, state.hasMore, feed]);

  const groupTitle = useMemo(() => (groupBy ? (ticket: Ticket) => textOf(known, ticket, groupBy) : undefined), [groupBy, known]);
  const nameOfAgent = useCallback((id: Id) => nameOf(around, id, t('list.somebody')), [around, t]);
  const chosen = useMemo(() => (tools.selection.isAll ? [] : [...tools.selection.ids]), [tools.selection]);

  if (state.problem && state.rows.length === 0) return <Failed words={wordsOf(state.problem)} onAgain={() => void feed.more()} again={t('common:again')} />;
  if (state.isFirst) return <ScreenWait />;
  return (
    <>
      {state.problem !== null && <Failed words={wordsOf(state.problem)} onAgain={() => { feed.touch(); void feed.revalidate(0, 0); void feed.more(); }} again={t('common:again')} />}
      {isLive === 'again' && <p role="status" className="bg-warn-ground px-4 py-1 text-sm text-warn">{t('list.not_live')}</p>}
      {state.building !== null && <p role="status" className="px-4 py-2 text-sm text-faint">{t('list.building', { percent: state.building })}</p>}
      {state.rows.length === 0 ? <div className="min-h-0 flex-1 overflow-auto">{empty}</div>
        : <Grid live={live} known={known} columnIds={columnIds} groupBy={groupTitle} sorting={sorting} tools={maySelect ? tools : null} label={title} total={count} present={present} nameOfAgent={nameOfAgent} />}
      {maySelect && <BulkBar tools={tools} total={count} ids={chosen} doBulk={doBulk} />}
    </>
  );
}
