// What can be brought back: deleted tickets for thirty days, bulk changes for seven.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get, query, wordsOf } from '@/api/http';
import type { Schema } from '@/api/schema';
import { failure, notice } from '@/app/notices';
import { queries, useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Card, Empty, Failed, Page } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { Wait } from '@/kit/Wait';
import { eraseMany, restoreMany, runBulk, undoAll, type Job } from './bulk';
import type { PageMeta } from '@/screens/desk/types';
import { useTellEnd } from './useBulk';
import { useRefetchOnChange } from './views';

type Deleted = Schema<'DeletedTicket'>;
type DeletedPage = Omit<Schema<'DeletedTicketsAnswer'>, 'meta'> & { meta: PageMeta };
const kJobsKey = ['jobs'] as const;
const kDeletedKey = ['deleted_tickets'] as const;

function Jobs() {
  const t = useWords('desk');
  useRefetchOnChange(kJobsKey);
  const { data } = useQuery({ queryKey: kJobsKey, staleTime: 0, queryFn: async () => (await get('/api/v2/job_statuses')).job_statuses });
  const undo = (job: Job) => {
    undoAll(t('bulk.undoing', { title: t(`undone.job.${job.job_type}`) }), [job.undo_url!])
      .then((back) => { notice([t('bulk.undone', { count: back.done, number: number(back.done) }), back.failed.length > 0 ? t('bulk.kept', { count: back.failed.length }) : ''].join(' ')); return queries.invalidateQueries({ queryKey: kJobsKey }); }).catch(failure);
  };
  if (!data) return <Wait />;
  return (
    <Table caption={t('undone.jobs')} rows={data} rowKey={(job) => job.id} empty={t('undone.no_jobs')} columns={[
      { title: t('undone.when'), cell: (job) => <Time at={job.created_at} />, className: 'whitespace-nowrap' },
      { title: t('undone.what'), cell: (job) => t(`undone.job.${job.job_type}`) },
      { title: t('undone.many'), cell: (job) => `${number(job.results?.filter((each) => each.success).length ?? job.progress)} / ${number(job.total)}` },
      { title: t('column.status'), cell: (job) => <Badge tone={job.status === 'completed' ? 'good' : job.status === 'failed' ? 'bad' : 'plain'}>{t(`undone.state.${job.status}`)}</Badge> },
      { title: t('common:actions'), isTitleHidden: true, cell: (job) => job.undo_url && <Button onClick={() => undo(job)}>{t('common:undo')}</Button> },
    ]} />
  );
}

function DeletedTickets() {
  const t = useWords('desk');
  const { can } = useSession();
  const tellEnd = useTellEnd();
  useRefetchOnChange(kDeletedKey);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: kDeletedKey, staleTime: 0, initialPageParam: '', queryFn: ({ pageParam }) => get<DeletedPage>(`/api/v2/deleted_tickets${query({ 'page[size]': 100, 'page[after]': pageParam })}`),
    getNextPageParam: (last: { meta: PageMeta }) => (last.meta.has_more ? last.meta.after_cursor : null),
  });
  const again = () => queries.invalidateQueries({ queryKey: kDeletedKey });
  const restore = (each: Deleted) => void runBulk(t('undone.restore'), [String(each.id)], restoreMany).then((done) => { tellEnd(t('undone.restore'), done); return again(); }).catch(failure);
  const erase = async (each: Deleted) => {
    if (!(await confirmed({ title: t('undone.erase_ask', { number: String(each.id) }), text: t('undone.erase_text'), action: t('undone.erase'), isDangerous: true }))) return;
    await runBulk(t('undone.erase'), [String(each.id)], eraseMany).then((done) => { tellEnd(t('undone.erase'), done); return again(); }).catch(failure);
  };
  if (error) return <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />;
  if (!data) return <Wait />;
  const rows = data.pages.flatMap((each) => each.deleted_tickets);
  if (rows.length === 0) return <Empty>{t('undone.no_deleted')}</Empty>;
  return (
    <>
      <Table caption={t('undone.deleted')} rows={rows} rowKey={(row) => String(row.id)} columns={[
        { title: '#', cell: (row) => `#${String(row.id)}` }, { title: t('column.subject'), cell: (row) => row.subject || t('no_subject'), className: '[overflow-wrap:anywhere]' },
        { title: t('undone.by'), cell: (row) => row.actor.name ?? '–' }, { title: t('undone.when'), cell: (row) => <Time at={row.deleted_at} />, className: 'whitespace-nowrap' },
        { title: t('common:actions'), isTitleHidden: true, cell: (row) => <span className="flex justify-end gap-2"><Button aria-label={t('undone.restore_one', { number: String(row.id) })} onClick={() => restore(row)}>{t('undone.restore')}</Button>{can('comments:redact') && <Button look="danger" aria-label={t('undone.erase_one', { number: String(row.id) })} onClick={() => void erase(row)}>{t('undone.erase')}</Button>}</span> },
      ]} />
      {hasNextPage && <p className="mt-3 text-center"><Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('common:more')}</Button></p>}
    </>
  );
}

export default function Undone() {
  const t = useWords('desk');
  return (
    <Page title={t('undone.title')} intro={t('undone.intro')} isWide>
      <Card title={t('undone.deleted')}><DeletedTickets /></Card>
      <Card title={t('undone.jobs')}><Jobs /></Card>
    </Page>
  );
}
