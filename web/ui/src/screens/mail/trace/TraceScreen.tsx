// The way of one message through this server, in words.
import { useQuery } from '@tanstack/react-query';
import { ApiError, wordsOf } from '@/api/http';
import type { ScreenProps } from '@/app/screens';
import { useWords } from '@/i18n';
import { bytes } from '@/i18n/dates';
import { CopyButton } from '@/kit/CopyButton';
import { Card, Failed, Page } from '@/kit/Page';
import { Wait } from '@/kit/Wait';
import { traceQuery, type Trace } from './api';
import { Checks } from './Checks';
import { Timeline } from './Timeline';
import { outcomeOf } from './outcome';

function Way({ trace }: { trace: Trace }) {
  const t = useWords('mail');
  const outcome = outcomeOf(trace.steps);
  const ticket = trace.ticket_ids[0];
  const facts: [string, string][] = [
    [t('trace.fact.from'), [trace.helo, trace.client_ip && `(${trace.client_ip})`].filter(Boolean).join(' ')],
    [t('trace.fact.tls'), trace.tls || t('trace.fact.no_tls')],
    [t('trace.fact.size'), bytes(trace.size)],
  ];
  const tone = { good: 'border-good bg-good-ground', bad: 'border-bad bg-bad-ground', warn: 'border-warn bg-warn-ground', plain: 'border-line bg-paper' }[outcome.tone];
  return (
    <>
      <div className={`mb-4 rounded-xl border p-4 ${tone}`}>
        <p className="text-lg font-semibold">{t(`trace.outcome.${outcome.key}`)}</p>
        {trace.ticket_ids.map((each) => <p key={String(each)}><a href={`#/tickets/${each}`}>{t('trace.open_ticket', { id: each })}</a></p>)}
        {outcome.key === 'held' && ticket === undefined && <p><a href="#/suspended">{t('trace.to_held')}</a></p>}
      </div>
      <Card title={t('trace.way')}><Timeline trace={trace} /></Card>
      {trace.client_ip && <Card title={t('trace.facts')}><dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[12rem_1fr]">{facts.map(([name, value]) => [<dt key={name} className="text-faint">{name}</dt>, <dd key={`${name}=`} className="m-0 [overflow-wrap:anywhere]">{value}</dd>])}</dl></Card>}
      {trace.client_ip && <Checks trace={trace} />}
    </>
  );
}

export default function TraceScreen({ params }: ScreenProps) {
  const t = useWords('mail');
  const id = params.id ?? '';
  const { data, error, refetch } = useQuery(traceQuery(id));
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <Page title={t('trace.one', { id })} intro={<a href="#/mail/trace">{t('trace.title')}</a>} actions={<CopyButton text={id} what={t('trace.id')} />}>
      {isGone && <Card><p className="p-4 text-center">{t('trace.gone', { id })}</p></Card>}
      {error && !isGone && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data && <Way trace={data} />}
    </Page>
  );
}
