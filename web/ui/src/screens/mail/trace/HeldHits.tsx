// Mail of an address that waits in the suspended queue; the queue is looked through page by page.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Card } from '@/kit/Page';
import { Time } from '@/kit/Time';
import { heldPage, isDuring, type Period } from './api';
import { traceOfNumber } from './trace_id';

const kPagesMax = 20;

// Without an address: all of that time.
export function HeldHits({ address, period }: { address: string; period: Period }) {
  const t = useWords('mail');
  const { data, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery({
    queryKey: ['mail', 'held'], initialPageParam: '', queryFn: ({ pageParam, signal }) => heldPage(pageParam, signal),
    getNextPageParam: (last, all) => (last.meta.has_more && all.length < kPagesMax ? last.meta.after_cursor : undefined),
  });
  useEffect(() => { if (hasNextPage && !isFetching) void fetchNextPage(); }, [hasNextPage, isFetching, fetchNextPage]);
  const hits = (data?.pages ?? []).flatMap((page) => page.suspended_tickets).filter((each) => (!address || each.author.email.toLowerCase() === address) && isDuring(each.created_at, period));
  if (hits.length === 0) return null;
  return (
    <Card title={t('trace.held')}>
      <p className="mb-2 max-w-prose text-faint">{t('trace.held_hint')} <a href="#/suspended">{t('trace.to_held')}</a></p>
      <ul className="m-0 list-none p-0">
        {hits.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line py-2 first:border-0">
            <span className="min-w-0 flex-1 basis-64 [overflow-wrap:anywhere]"><span className="font-semibold">{each.subject}</span>{!address && <span className="block text-sm text-faint">{each.author.email}</span>}</span>
            <Badge tone="warn">{t(`cause.${each.cause}`, { defaultValue: each.cause })}</Badge><Time at={each.created_at} />
            <a href={`#/mail/trace/${traceOfNumber(each.id.split('-')[0]!)}`}>{t('trace.show_way')}</a>
          </li>
        ))}
      </ul>
    </Card>
  );
}
