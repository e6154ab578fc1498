// Redactions that agents called wrong, newest first: each with its ticket, so that the rule can be mended.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Card, Failed } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { Wait } from '@/kit/Wait';
import { marksPage, peopleQuery } from '../api';
import { ModeBadge } from './ModeBadge';
import { RedactionPage } from './RedactionPage';

export default function Marks() {
  const t = useWords('operate');
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['redaction', 'marks'], initialPageParam: '', queryFn: ({ pageParam, signal }) => marksPage(pageParam, signal),
    getNextPageParam: (last) => (last.meta.has_more ? last.meta.after_cursor : undefined),
  });
  const rows = (data?.pages ?? []).flatMap((page) => page.redaction_feedback);
  const people = useQuery(peopleQuery([...new Set(rows.flatMap((each) => (each.author_id === null ? [] : [String(each.author_id)])))].sort())).data;
  return (
    <RedactionPage intro={t('marks.intro')}>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data && (
        <Card>
          <Table caption={t('redaction.marks')} rows={rows} rowKey={(row) => String(row.id)} empty={t('marks.none')}
            columns={[
              { title: t('marks.when'), className: 'whitespace-nowrap', cell: (row) => <Time at={row.created_at} /> },
              { title: t('rules.rule'), cell: (row) => <a href={`#/operate/redaction/rules/${encodeURIComponent(row.rule)}`}>{row.rule}</a> },
              { title: t('stats.label'), cell: (row) => row.label || '–' },
              { title: t('stats.place'), className: 'min-w-28', cell: (row) => <span className="[overflow-wrap:anywhere]">{row.where}</span> },
              { title: t('stats.mode'), cell: (row) => <ModeBadge mode={row.mode} /> },
              { title: t('marks.by'), cell: (row) => people?.get(String(row.author_id)) ?? '–' },
              { title: t('marks.ticket'), cell: (row) => <a href={`#/tickets/${row.ticket_id}`}>#{String(row.ticket_id)}</a> },
            ]} />
          {hasNextPage && <Button className="mt-2" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('common:more')}</Button>}
        </Card>
      )}
    </RedactionPage>
  );
}
