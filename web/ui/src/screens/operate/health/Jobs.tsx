// Changes of many tickets that run or have run: how far, what failed, and a way back.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { del, post, wordsOf } from '@/api/http';
import { itemWords } from '@/api/said';
import { failure, notice } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Card, Failed, Page } from '@/kit/Page';
import { Time } from '@/kit/Time';
import { Wait } from '@/kit/Wait';
import { jobsQuery, type Job } from '../api';

const kAgainMs = 2_000;
const tones = { queued: 'plain', working: 'accent', completed: 'good', killed: 'warn', failed: 'bad' } as const;
const isOpen = (job: Job) => job.status === 'queued' || job.status === 'working';

function JobRow({ job }: { job: Job }) {
  const t = useWords('operate');
  const [isBusy, setBusy] = useState(false);
  const failed = (job.results ?? []).filter((each) => !each.success);
  const act = async (work: () => Promise<unknown>, words: string) => {
    setBusy(true);
    try { await work(); notice(words); } catch (problem) { failure(problem); }
    setBusy(false);
    void queries.invalidateQueries({ queryKey: ['jobs'] });
  };
  const kind = t(`jobs.kinds.${job.job_type}`, { defaultValue: job.job_type });
  const undo = async () => {
    if (job.undo_url && (await confirmed({ title: t('jobs.undo_title', { kind }), text: t('jobs.undo_text', { count: job.total }), action: t('jobs.undo') }))) await act(() => post(job.undo_url!, undefined, { key: crypto.randomUUID() }), t('jobs.undoing'));
  };
  return (
    <li className="mb-2 rounded-xl border border-line bg-paper p-3">
      <article aria-label={kind}>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <strong className="mr-auto">{kind} <span className="font-normal text-faint">· <Time at={job.created_at} /></span></strong>
          <Badge tone={tones[job.status] ?? 'plain'}>{t(`jobs.states.${job.status}`, { defaultValue: job.status })}</Badge>
          {isOpen(job) && <Button look="danger" isBusy={isBusy} onClick={() => void act(() => del(`/api/v2/job_statuses/${job.id}`), t('jobs.ended'))}>{t('jobs.end')}</Button>}
          {job.undo_url && !isOpen(job) && <Button isBusy={isBusy} onClick={() => void undo()}>{t('jobs.undo')}</Button>}
        </div>
        <div className="mt-2 flex items-center gap-3">
          <div role="progressbar" aria-label={kind} aria-valuemin={0} aria-valuemax={job.total} aria-valuenow={job.progress} className="h-2.5 flex-1 overflow-hidden rounded-full border border-line-strong bg-ground"><div className="h-full bg-accent" style={{ width: `${job.total ? (job.progress / job.total) * 100 : 100}%` }} /></div>
          <span className="text-sm tabular-nums">{number(job.progress)} / {number(job.total)}</span>
        </div>
        {failed.length > 0 && (
          <details className="mt-2"><summary className="cursor-pointer text-bad">{t('jobs.failed', { count: failed.length })}</summary>
            <ul className="list-disc pl-5 text-sm">{failed.map((each) => <li key={each.index}>{each.id !== null ? <a href={`#/tickets/${each.id}`}>#{String(each.id)}</a> : each.index}: {itemWords(each.error, each.details)}</li>)}</ul>
          </details>
        )}
      </article>
    </li>
  );
}

export default function Jobs() {
  const t = useWords('operate');
  const { data, error, refetch } = useQuery({ ...jobsQuery, staleTime: 0, refetchInterval: (query) => (query.state.data?.some(isOpen) ? kAgainMs : 30_000) });
  return (
    <Page title={t('jobs.title')} intro={t('jobs.intro')}>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data?.length === 0 && <Card><p className="p-6 text-center text-faint">{t('jobs.none')}</p></Card>}
      {data && <ul className="m-0 list-none p-0">{data.map((each) => <JobRow key={each.id} job={each} />)}</ul>}
      {data && data.length >= 100 && <p className="text-faint">{t('jobs.cut')}</p>}
    </Page>
  );
}
