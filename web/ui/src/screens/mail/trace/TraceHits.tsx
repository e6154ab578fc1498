// Messages that the server knows the way of: by who sent or gets them, their Message-ID, their ticket, or their time.
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { get, query, wordsOf } from '@/api/http';
import type { Schema } from '@/api/schema';
import { useWords } from '@/i18n';
import { bytes } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Card, Failed } from '@/kit/Page';
import { Time } from '@/kit/Time';
import { Wait } from '@/kit/Wait';
import { outcomeOf } from './outcome';

export interface TraceQuery { sender?: string; recipient?: string; message_id?: string; ticket_id?: string; start_time?: string; end_time?: string }
type TracePage = Omit<Schema<'TracesAnswer'>, 'meta'> & { meta: Schema<'PageMeta'> };

function Hit({ trace }: { trace: Schema<'TraceSummary'> }) {
  const t = useWords('mail');
  const outcome = outcomeOf(trace.state ? [{ at: trace.state_at ?? '', what: trace.state, detail: trace.detail ?? '' }] : []);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line py-2 first:border-0">
      <Badge>{t(`trace.direction.${trace.direction}`)}</Badge>
      <span className="text-sm text-faint"><Time at={trace.created_at} /></span>
      <Badge tone={outcome.tone}>{t(`trace.outcome.${outcome.key}`)}</Badge>
      <span className="text-sm text-faint">{bytes(trace.size)}</span>
      {trace.ticket_ids.map((each) => <a key={String(each)} href={`#/tickets/${each}`}>#{String(each)}</a>)}
      <a className="ml-auto" href={`#/mail/trace/${trace.id}`}>{t('trace.show_way')} <code className="text-xs">{trace.id}</code></a>
    </li>
  );
}

// `none`: what stands there when nothing was found.
export function TraceHits({ title, asked, none }: { title: string; asked: TraceQuery; none: ReactNode }) {
  const t = useWords('mail');
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['mail', 'traces', asked], initialPageParam: '', staleTime: 0,
    queryFn: ({ pageParam, signal }) => get<TracePage>(`/api/v2/traces${query({ ...asked, 'page[size]': 50, 'page[after]': pageParam })}`, signal),
    getNextPageParam: (last) => (last.meta.has_more ? last.meta.after_cursor : null),
  });
  const list = data?.pages.flatMap((page) => page.traces) ?? [];
  return (
    <Card title={title}>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data && list.length === 0 && !hasNextPage && none}
      <ul aria-label={title} className="m-0 list-none p-0">{list.map((each) => <Hit key={each.id} trace={each} />)}</ul>
      {hasNextPage && <Button className="mt-2" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('common:more')}</Button>}
    </Card>
  );
}
