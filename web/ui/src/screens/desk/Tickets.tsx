// All tickets, by status, or those of the agent himself; before there is any, how to begin.
import { useMemo } from 'react';
import { useQueryParams } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Empty } from '@/kit/Page';
import { useColumnChoice } from './list/columnChoice';
import { ColumnMenu } from './list/ColumnMenu';
import { kUsualColumns } from './list/columns';
import { ListHead } from './list/ListHead';
import { ticketsSource } from './list/sources';
import { TicketList } from './list/TicketList';
import { kStatuses } from '@/screens/desk/types';
import { useFeed } from './list/useFeed';
import { useTicketCount } from './list/views';
import { Welcome } from './list/Welcome';

const addressOf = (status: string, isMine: boolean, isFromEnd = false) => {
  const params = new URLSearchParams();
  if (status) params.set('status', status);
  if (isMine) params.set('mine', '1');
  if (isFromEnd) params.set('from', 'end');
  const text = params.toString();
  return text ? `/?${text}` : '/';
};

export default function Tickets() {
  const t = useWords('desk');
  const params = useQueryParams();
  const { can } = useSession();
  const status = params.get('status') ?? '';
  const isMine = params.get('mine') === '1';
  const isFromEnd = params.get('from') === 'end';
  const mayRead = can('users:read');
  const live = useFeed(useMemo(() => ticketsSource({ status, isMine, isFromEnd }, mayRead), [status, isMine, isFromEnd, mayRead]));
  const { data: count } = useTicketCount();
  const { chosen, isOwn, choose } = useColumnChoice('tickets', kUsualColumns);
  const total = isMine || !count ? null : status ? (count.by_status[status] ?? 0) : count.value;
  const tab = 'inline-flex min-h-7 shrink-0 items-center gap-1 rounded-full px-2.5 whitespace-nowrap text-ink no-underline hover:bg-accent-ground aria-[current]:bg-accent aria-[current]:text-on-accent';
  return (
    <div className="flex h-full flex-col">
      <ListHead title={t('list.tickets')} count={total}><span className="max-md:hidden"><ColumnMenu chosen={chosen} isOwn={isOwn} onChoose={choose} /></span></ListHead>
      <nav aria-label={t('column.status')} className="flex shrink-0 items-center gap-1 overflow-x-auto border-b border-line bg-paper px-3 py-1.5 text-sm">
        {['', ...kStatuses].map((each) => (
          <a key={each} className={tab} href={`#${addressOf(each, isMine)}`} aria-current={each === status ? 'page' : undefined}>
            {each ? t(`status.${each}`) : t('list.all')}{each && count && !isMine ? <span className="text-xs opacity-80">{number(count.by_status[each] ?? 0)}{count.has_more ? '+' : ''}</span> : null}
          </a>
        ))}
        <a className={`${tab} ml-auto`} href={`#${addressOf(status, !isMine)}`} aria-current={isMine ? 'true' : undefined}>{t('list.mine')}</a>
      </nav>
      <TicketList key={live.feed.key} live={live} title={t('list.tickets')} address={addressOf(status, isMine, isFromEnd)} columnIds={chosen} total={total} turn={{ address: addressOf(status, isMine, !isFromEnd), title: t(isFromEnd ? 'list.newest_first' : 'list.oldest_first'), isTurned: isFromEnd }}
        empty={count?.value === 0 ? <Welcome /> : <Empty>{t(isMine ? 'list.empty_mine' : 'list.empty')}</Empty>} />
    </div>
  );
}
