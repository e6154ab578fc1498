// The reports as they came, newest first.
import { useInfiniteQuery } from '@tanstack/react-query';
import { wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { date, number } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Card, Failed } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { Wait } from '@/kit/Wait';
import { reportsPage } from '../api';

export function ReportList() {
  const t = useWords('mail');
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['mail', 'reports'], initialPageParam: '', queryFn: ({ pageParam, signal }) => reportsPage(pageParam, signal),
    getNextPageParam: (last) => (last.meta.has_more ? last.meta.after_cursor : undefined),
  });
  if (error) return <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />;
  if (!data) return <Wait />;
  return (
    <Card>
      <Table caption={t('reports.tab.reports')} rows={data.pages.flatMap((page) => page.mail_reports)} rowKey={(row) => String(row.id)} empty={t('reports.none_yet')}
        columns={[
          { title: t('reports.received'), className: 'whitespace-nowrap', cell: (row) => <a href={`#/mail/reports/${row.id}`}><Time at={row.received_at} /></a> },
          { title: t('reports.kind'), cell: (row) => t(`reports.kind_${row.kind}`, { defaultValue: row.kind }) },
          { title: t('reports.reporter'), className: 'min-w-32', cell: (row) => <span className="[overflow-wrap:anywhere]">{row.organization || row.reporter}</span> },
          { title: t('reports.domain'), cell: (row) => row.domains.join(', ') },
          { title: t('reports.period'), className: 'whitespace-nowrap', cell: (row) => `${date(row.begins_at)} – ${date(row.ends_at)}` },
          { title: t('reports.about'), className: 'text-right tabular-nums', cell: (row) => number(row.messages ?? row.sessions ?? 0) },
          { title: t('reports.state'), cell: (row) => <span className="flex flex-wrap gap-1">{!row.authenticated && <Badge tone="warn">{t('reports.sender_unproven')}</Badge>}{row.counted ? <Badge tone="good">{t('reports.counted')}</Badge> : <Badge tone="bad" title={row.not_counted ?? ''}>{t('reports.not_counted')}</Badge>}</span> },
        ]} />
      {hasNextPage && <Button className="mt-2" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('common:more')}</Button>}
    </Card>
  );
}
