// What was sent in the last seven days: state, retries, answers, and sending again.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post, query, wordsOf, type Id } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { dateTime } from '@/i18n/dates';
import { Badge, type Tone } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Select } from '@/kit/Field';
import { Card, Failed } from '@/kit/Page';
import { Time } from '@/kit/Time';
import { kPath, troubleWords, type Attempt, type Invocation, type Webhook } from './model';

interface InvocationPage { invocations: Invocation[]; meta: { has_more: boolean; after_cursor: string | null } }
const tones: Record<Invocation['status'], Tone> = { success: 'good', failed: 'bad', pending: 'warn' };
const kWatchMs = 5_000;

function Attempts({ hook, id }: { hook: Id; id: Id }) {
  const t = useWords('webhooks');
  const found = useQuery({ queryKey: ['webhook', String(hook), 'attempts', String(id)], queryFn: ({ signal }) => get<{ attempts: Attempt[] }>(`${kPath}/${hook}/invocations/${id}/attempts`, signal), refetchInterval: kWatchMs });
  if (!found.data) return null;
  if (found.data.attempts.length === 0) return <p className="mt-2 text-sm text-faint">{t('log.no_attempt')}</p>;
  return (
    <ol className="mt-2 border-l-2 border-line pl-3">
      {found.data.attempts.map((each) => (
        <li key={String(each.id)} className="mb-2 text-sm">
          <Time at={each.completed_at} isExact /> · {each.status_code === null ? t('test.no_answer') : t('test.answer', { status: each.status_code })} · {t('took', { ms: each.took_ms })}
          {each.problem && <p className="text-bad">{troubleWords(t, each.problem)}</p>}
          {each.response_payload && <pre className="mt-1 max-h-40 overflow-auto rounded border border-line bg-ground p-2 text-xs whitespace-pre-wrap" tabIndex={0} aria-label={t('test.body')}>{each.response_payload}</pre>}
        </li>
      ))}
    </ol>
  );
}

function Delivery({ hook, each }: { hook: Id; each: Invocation }) {
  const t = useWords('webhooks');
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const replay = async () => {
    setBusy(true);
    try {
      await post(`${kPath}/${hook}/invocations/${each.id}/replay`);
      notice(t('log.replayed'));
      void queries.invalidateQueries({ queryKey: ['webhook', String(hook)] });
    } catch (problem) { failure(problem); } finally { setBusy(false); }
  };
  return (
    <li className="border-b border-line py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={tones[each.status]}>{t(`log.status.${each.status}`)}{each.status_code !== null && ` ${each.status_code}`}</Badge>
        <span className="min-w-0 flex-1"><code>{each.event_type}</code> {each.ticket_id !== null && <a href={`#/tickets/${each.ticket_id}`}>#{String(each.ticket_id)}</a>}</span>
        <span className="text-sm text-faint"><Time at={each.created_at} /></span>
        <Button look="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t(isOpen ? 'log.less' : 'log.more')}</Button>
        <Button isBusy={isBusy} aria-label={t('log.replay_what', { what: each.event_type, ticket: String(each.ticket_id ?? '') })} onClick={() => void replay()}>{t('log.replay')}</Button>
      </div>
      <p className="text-sm text-faint">{t('log.attempts', { count: each.attempts })}{each.next_attempt_at && each.status === 'pending' && ` · ${t('log.next', { at: dateTime(each.next_attempt_at) })}`}{each.problem && ` · ${troubleWords(t, each.problem)}`}</p>
      {isOpen && <><p className="mt-1 text-sm text-faint">{t('log.id')} <code>{each.message_id}</code></p><Attempts hook={hook} id={each.id} /></>}
    </li>
  );
}

export function Deliveries({ hook }: { hook: Webhook }) {
  const t = useWords('webhooks');
  const [status, setStatus] = useState('');
  const list = useInfiniteQuery({
    queryKey: ['webhook', String(hook.id), 'log', status], initialPageParam: '', refetchInterval: kWatchMs,
    queryFn: ({ pageParam, signal }) => get<InvocationPage>(`${kPath}/${hook.id}/invocations${query({ 'filter[status]': status, 'page[size]': 50, 'page[after]': pageParam })}`, signal),
    getNextPageParam: (page) => (page.meta.has_more ? (page.meta.after_cursor ?? undefined) : undefined),
  });
  const rows = list.data?.pages.flatMap((page) => page.invocations) ?? [];
  const { pending, failures_in_a_row, paused_until } = hook.delivery;
  return (
    <Card title={t('log.title')} actions={
      <Select boxClass="mb-0!" label={t('log.filter')} isLabelHidden value={status} onChange={(event) => setStatus(event.currentTarget.value)}>
        <option value="">{t('log.all')}</option>{(['success', 'pending', 'failed'] as const).map((each) => <option key={each} value={each}>{t(`log.status.${each}`)}</option>)}
      </Select>}>
      <p className="mb-2 max-w-prose text-sm text-faint">{t('log.hint')}</p>
      {(pending > 0 || failures_in_a_row > 0) && <p className="mb-2 text-sm">{t('pending', { count: pending })} · {t('failing', { count: failures_in_a_row })}{paused_until && <span className="text-bad"> · {t('paused', { until: dateTime(paused_until) })}</span>}</p>}
      {list.isError ? <Failed words={wordsOf(list.error)} onAgain={() => void list.refetch()} again={t('common:again')} /> : list.isSuccess && rows.length === 0 ? <p className="py-4 text-center text-faint">{t(status ? 'log.none_so' : 'log.none')}</p> : <ul>{rows.map((each) => <Delivery key={String(each.id)} hook={hook.id} each={each} />)}</ul>}
      {list.hasNextPage && <Button className="mt-2" isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('common:more')}</Button>}
    </Card>
  );
}
