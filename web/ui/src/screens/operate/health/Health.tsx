// How the server is doing, from what its API tells: mail by day, what waits, how quickly it answers, what runs.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get, wordsOf } from '@/api/http';
import { useLiveState } from '@/app/live';
import { useQueryParams } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Figures, type Figure } from '@/kit/Figures';
import { Card, Failed, Page } from '@/kit/Page';
import { Plot } from '@/kit/Plot';
import { SpanChoice } from '@/kit/SpanChoice';
import { spanOf } from '@/kit/span';
import { Wait } from '@/kit/Wait';
import { outboxQuery } from '@/screens/mail/api';
import { statsQuery } from '../api';
import { useAnswerTimes } from './answer_times';
import { Live } from './Live';
import { QueueCard } from './QueueCard';

const kAgainMs = 15_000;
interface CountAnswer { count: { value: number; has_more?: boolean } }

const useCount = (path: string, isWanted: boolean) => useQuery({ queryKey: ['health', path], enabled: isWanted, refetchInterval: kAgainMs, queryFn: ({ signal }) => get<CountAnswer>(path, signal).then((body) => body.count) }).data;

function Now() {
  const t = useWords('operate');
  const { can } = useSession();
  const state = useLiveState();
  const waiting = useQuery({ ...outboxQuery, refetchInterval: kAgainMs }).data;
  const held = useCount('/api/v2/suspended_tickets/count', can('tickets:write'));
  const tickets = useCount('/api/v2/tickets/count', can('tickets:read'));
  const figures: Figure[] = [
    { name: t('health.connection'), value: t(`health.live.${state}`), tone: state === 'live' ? 'good' : 'warn' },
    { name: t('health.waiting'), value: waiting ? number(waiting.length) : '…', tone: waiting?.some((each) => each.attempts > 2) ? 'warn' : undefined },
    ...(can('tickets:write') ? [{ name: t('health.held'), value: held ? `${number(held.value)}${held.has_more ? '+' : ''}` : '…' }] : []),
    { name: t('health.tickets'), value: tickets ? number(tickets.value) : '…' },
  ];
  return <Figures list={figures} />;
}

function Throughput() {
  const t = useWords('operate');
  const params = useQueryParams();
  const { data, error, refetch } = useQuery({ ...statsQuery(spanOf(params)), refetchInterval: 60_000 });
  const { days, series } = useMemo(() => ({ days: (data?.days ?? []).map((day) => day.date), series: [{ label: t('health.messages'), tone: 'accent' as const, values: (data?.days ?? []).map((day) => day.messages_seen) }] }), [data, t]);
  return (
    <Card title={t('health.throughput')}>
      <div className="flex flex-wrap gap-x-4"><SpanChoice /></div>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data && <Plot title={t('health.mail_by_day')} kind="bars" days={days} series={series} />}
    </Card>
  );
}

function Answers() {
  const t = useWords('operate');
  const times = useAnswerTimes();
  if (!times) return null;
  const ms = (value: number) => `${number(Math.round(value))} ms`;
  return (
    <Card title={t('health.answers')}>
      <p className="mb-2 max-w-prose text-faint">{t('health.answers_hint', { count: times.count })}</p>
      <Figures list={[{ name: t('health.median'), value: ms(times.median) }, { name: t('health.p95'), value: ms(times.p95) }, { name: t('health.slowest'), value: ms(times.slowest) }, { name: t('health.failed'), value: number(times.failed), tone: times.failed ? 'bad' : undefined }]} />
    </Card>
  );
}

function Limits() {
  const t = useWords('operate');
  const { data } = useQuery({ queryKey: ['health', 'blocks'], retry: false, queryFn: ({ signal }) => get('/api/v2/network_blocks', signal) });
  return (
    <Card title={t('health.limits')}>
      <p className="max-w-prose">{data ? t('health.blocks', { count: data.count, listed: number(data.listed_by_configuration) }) : t('health.blocks_elsewhere')} <a href="#/security/networks">{t('health.to_network')}</a></p>
      <p className="mt-2 max-w-prose text-faint">{t('health.limits_hint')}</p>
    </Card>
  );
}

export default function Health() {
  const t = useWords('operate');
  const { can } = useSession();
  return (
    <Page title={t('health.title')} intro={t('health.intro')} isWide>
      <Now />
      {can('settings:manage') && <Live />}
      {can('rules:manage') && <Throughput />}
      <QueueCard />
      <Answers />
      {can('security:manage') && <Limits />}
      <Card title={t('health.monitoring')}><p className="max-w-prose text-faint">{t('health.monitoring_hint')}</p></Card>
    </Page>
  );
}
