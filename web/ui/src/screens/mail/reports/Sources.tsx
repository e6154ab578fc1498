// Which servers send in the domain's name, most messages first.
import { useInfiniteQuery } from '@tanstack/react-query';
import { wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Card, Failed } from '@/kit/Page';
import { percent } from '@/kit/plot_data';
import { Table } from '@/kit/Table';
import { Wait } from '@/kit/Wait';
import { sourcesPage, type ReportPeriod, type Source } from '../api';

function verdictOf(source: Source): { key: string; tone: 'good' | 'warn' | 'bad' } {
  if (source.passed === source.messages) return { key: 'good', tone: 'good' };
  if (source.passed > 0) return { key: 'mixed', tone: 'warn' };
  return { key: 'unproven', tone: 'bad' };
}

export function Sources({ period }: { period: ReportPeriod }) {
  const t = useWords('mail');
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['mail', 'sources', period], initialPageParam: '', queryFn: ({ pageParam, signal }) => sourcesPage(period, pageParam, signal),
    getNextPageParam: (last) => (last.meta.has_more ? last.meta.after_cursor : undefined),
  });
  const rows = (data?.pages ?? []).flatMap((page) => page.sources);
  return (
    <Card title={t('sources.title')}>
      <p className="mb-2 max-w-prose text-faint">{t('sources.hint')}</p>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data && <Table caption={t('sources.title')} rows={rows} rowKey={(row) => row.source_ip ?? '-'} empty={t('common:none')}
        columns={[
          { title: t('sources.address'), cell: (row) => (row.source_ip ? <code className="break-all">{row.source_ip}</code> : t('sources.others')) },
          { title: t('sources.verdict'), cell: (row) => { const verdict = verdictOf(row); return <Badge tone={verdict.tone}>{t(`sources.is.${verdict.key}`)}</Badge>; } },
          { title: t('reports.messages'), className: 'text-right tabular-nums', cell: (row) => number(row.messages) },
          { title: t('reports.pass_rate'), className: 'text-right tabular-nums', cell: (row) => percent(row.pass_rate) },
          { title: 'DKIM', className: 'text-right tabular-nums', cell: (row) => number(row.dkim_aligned) },
          { title: 'SPF', className: 'text-right tabular-nums', cell: (row) => number(row.spf_aligned) },
          { title: t('reports.quarantined'), className: 'text-right tabular-nums', cell: (row) => number(row.quarantined) },
          { title: t('reports.rejected'), className: 'text-right tabular-nums', cell: (row) => number(row.rejected) },
        ]} />}
      {hasNextPage && <Button className="mt-2" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('common:more')}</Button>}
    </Card>
  );
}
