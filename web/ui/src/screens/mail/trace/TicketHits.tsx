// Tickets that mail of an address, or of a time, has reached; each with its messages when it is opened.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { wordsOf, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Card, Empty, Failed } from '@/kit/Page';
import { Time } from '@/kit/Time';
import { Wait } from '@/kit/Wait';
import { commentsPage, ticketsFound, type FoundTicket, type Period } from './api';
import { MessageLine } from './MessageLine';

export function TicketMessages({ ticket }: { ticket: Id }) {
  const t = useWords('mail');
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['mail', 'messages', String(ticket)], initialPageParam: '',
    queryFn: ({ pageParam, signal }) => commentsPage(ticket, pageParam, signal),
    getNextPageParam: (last) => (last.meta.has_more ? last.meta.after_cursor : undefined),
  });
  if (error) return <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />;
  if (!data) return <Wait />;
  return (
    <>
      <ul aria-label={t('trace.messages', { id: ticket })} className="m-0 list-none p-0">{data.pages.flatMap((page) => page.comments).map((each) => <MessageLine key={String(each.id)} message={each} />)}</ul>
      {hasNextPage && <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('common:more')}</Button>}
    </>
  );
}

function TicketHit({ ticket }: { ticket: FoundTicket }) {
  const t = useWords('mail');
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="border-t border-line py-2 first:border-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <div className="min-w-0 flex-1 basis-64"><a className="font-semibold [overflow-wrap:anywhere]" href={`#/tickets/${ticket.id}`}>#{String(ticket.id)} {ticket.subject}</a>
          <p className="text-sm text-faint">{t('trace.arrived')} <Time at={ticket.created_at} />{ticket.recipient && ` · ${ticket.recipient}`}</p></div>
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t(isOpen ? 'trace.hide_messages' : 'trace.show_messages')}<span className="sr-only"> #{String(ticket.id)}</span></Button>
      </div>
      {isOpen && <div className="mt-1 border-l-2 border-line pl-3"><TicketMessages ticket={ticket.id} /></div>}
    </li>
  );
}

export function TicketHits({ address, period }: { address: string; period: Period }) {
  const t = useWords('mail');
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['mail', 'tickets_of', address, period], initialPageParam: 1,
    queryFn: ({ pageParam, signal }) => ticketsFound(address, period, pageParam, signal),
    getNextPageParam: (last, _, at) => (last.hasMore ? at + 1 : undefined),
  });
  const all = [...new Map((data?.pages ?? []).flatMap((page) => page.tickets).map((each) => [String(each.id), each])).values()];
  return (
    <Card title={t('trace.in_tickets')}>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data && all.length === 0 && <Empty>{address ? t('trace.no_tickets', { address }) : t('trace.no_tickets_then')}</Empty>}
      <ul className="m-0 list-none p-0">{all.map((each) => <TicketHit key={String(each.id)} ticket={each} />)}</ul>
      {hasNextPage && <Button className="mt-2" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('common:more')}</Button>}
    </Card>
  );
}
