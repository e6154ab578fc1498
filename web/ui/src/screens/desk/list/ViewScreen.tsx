// The tickets of a view, in its columns and its order.
import { useMemo } from 'react';
import { put, wordsOf, type Id } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { setQueryParams, useQueryParams } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { queries, useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Empty, Failed } from '@/kit/Page';
import { ScreenWait } from '@/kit/Wait';
import { useColumnChoice } from './columnChoice';
import { ColumnMenu } from './ColumnMenu';
import type { Sorting } from './GridHead';
import { ListHead } from './ListHead';
import { viewSource } from './sources';
import { TicketList } from './TicketList';
import type { View } from '@/screens/desk/types';
import { useFeed } from './useFeed';
import { useView, viewTitle } from './views';

const kSortMost = 1000; // tickets that the server sorts on request
const addressOf = (id: Id, isFromEnd: boolean) => `/views/${id}${isFromEnd ? '?from=end' : ''}`;

function Shown({ view }: { view: View }) {
  const t = useWords('desk');
  const { can, me } = useSession();
  const params = useQueryParams();
  const by = params.get('sort') ?? '';
  const order = params.get('order') === 'desc' ? 'desc' : 'asc';
  const isFromEnd = params.get('from') === 'end' && !by;
  const mayRead = can('users:read');
  const live = useFeed(useMemo(() => viewSource(view.id, { by, order, isFromEnd }, mayRead), [view.id, by, order, isFromEnd, mayRead]));
  const usual = useMemo(() => view.execution.columns.map((each) => String(each.id)), [view]);
  const { chosen, isOwn, choose } = useColumnChoice(String(view.id), usual);
  const count = live.state.count;
  const title = viewTitle(t, view);
  const isMine = view.restriction?.type === 'User' && String(view.restriction.id) === String(me.id);

  const sorting: Sorting = {
    by: by || view.execution.sort_by, order: by ? order : view.execution.sort_order === 'desc' ? 'desc' : 'asc', canSort: (count ?? 0) <= kSortMost,
    onSort: (column) => {
      if (by !== column) return setQueryParams({ sort: column, order: 'asc', from: undefined });
      return setQueryParams(order === 'asc' ? { sort: column, order: 'desc' } : { sort: undefined, order: undefined });
    },
  };
  const save = async (ids: string[]) => {
    try {
      await put(`/api/v2/views/${view.id}`, { view: { output: { columns: ids.map((each): Id => (/^\d+$/.test(each) ? each : each)), sort_by: view.execution.sort_by, sort_order: view.execution.sort_order, ...(view.execution.group_by ? { group_by: view.execution.group_by, group_order: view.execution.group_order } : {}) } } });
      choose(null);
      notice(t('common:saved'));
      await queries.invalidateQueries({ queryKey: ['views'] });
    } catch (problem) { failure(problem); }
  };
  return (
    <div className="flex h-full flex-col">
      <ListHead title={title} count={count}>
        {by && <button type="button" className="min-h-6 text-sm text-accent underline" onClick={() => setQueryParams({ sort: undefined, order: undefined })}>{t('list.own_order')}</button>}
        <span className="max-md:hidden"><ColumnMenu chosen={chosen} isOwn={isOwn} onChoose={choose} onSave={isMine || can('settings:manage') ? save : undefined} /></span>
      </ListHead>
      <TicketList key={live.feed.key} live={live} title={title} address={by ? `/views/${view.id}?sort=${by}&order=${order}` : addressOf(view.id, isFromEnd)}
        turn={by ? undefined : { address: addressOf(view.id, !isFromEnd), title: t(isFromEnd ? 'list.from_beginning' : 'list.from_end'), isTurned: isFromEnd }} columnIds={chosen} groupBy={by ? null : view.execution.group_by} sorting={sorting}
        empty={<Empty>{t('list.empty_view')}<br />{view.description}</Empty>} />
    </div>
  );
}

export default function ViewScreen({ params }: ScreenProps) {
  const { view, problem } = useView(params.id!);
  if (problem) return <Failed words={wordsOf(problem)} />;
  if (!view) return <ScreenWait />;
  return <Shown key={String(view.id)} view={view} />;
}
