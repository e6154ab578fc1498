// "Where is my mail?": by the sender's or recipient's address, a Message-ID, a trace, a ticket; within a time.
import { useState, type FormEvent } from 'react';
import { go, useQueryParams } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Field } from '@/kit/Field';
import { Card, Empty, Page } from '@/kit/Page';
import { HeldHits } from './HeldHits';
import { MessageHit } from './MessageHit';
import { TicketHits, TicketMessages } from './TicketHits';
import { TraceHits } from './TraceHits';
import { WaitingHits } from './WaitingHits';
import { wantedOf, type Wanted } from './trace_id';
import type { Period } from './api';

// "2026-11-23T10:30" of the browser's time zone, as the API wants it.
const isoOf = (local: string) => (local && !Number.isNaN(Date.parse(local)) ? `${new Date(local).toISOString().slice(0, 19)}Z` : '');

function SearchForm({ asked, from, to }: { asked: string; from: string; to: string }) {
  const t = useWords('mail');
  const [text, setText] = useState(asked);
  const [since, setSince] = useState(from);
  const [until, setUntil] = useState(to);
  const [problem, setProblem] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = wantedOf(text);
    const isOfTime = !text.trim() && (since || until);
    if (wanted.kind === 'nothing' && !isOfTime) { setProblem(t('trace.what_is_it')); return; }
    if (since && until && since > until) { setProblem(t('trace.times_swapped')); return; }
    setProblem('');
    if (wanted.kind === 'trace') { go(`/mail/trace/${wanted.id}`); return; }
    go(`/mail/trace?${new URLSearchParams({ ...(text.trim() && { q: text.trim() }), ...(since && { from: since }), ...(until && { to: until }) })}`);
  };
  return (
    <form role="search" aria-label={t('trace.title')} onSubmit={submit}>
      <div className="grid gap-x-3 md:grid-cols-[1fr_13rem_13rem]">
        <Field label={t('trace.what')} hint={t('trace.what_hint')} error={problem} value={text} onChange={(event) => setText(event.currentTarget.value)} autoComplete="off" spellCheck={false} autoCapitalize="none" />
        <Field label={t('trace.from')} type="datetime-local" value={since} onChange={(event) => setSince(event.currentTarget.value)} />
        <Field label={t('trace.to')} type="datetime-local" value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
      </div>
      <Button look="main" type="submit">{t('trace.find')}</Button>
    </form>
  );
}

// An empty address: everything of that time.
function Results({ wanted, period }: { wanted: Wanted; period: Period }) {
  const t = useWords('mail');
  const { can } = useSession();
  const during = { start_time: period.from || undefined, end_time: period.to || undefined };
  const nothing = <p className="text-faint">{t('trace.no_trace')}</p>;
  // Of what we sent, a ticket knows the Message-ID, and not the trace.
  if (wanted.kind === 'message') return <TraceHits title={t('trace.message_title')} asked={{ ...during, message_id: wanted.id.replace(/^<|>$/g, '') }} none={<MessageHit key={wanted.id + period.from + period.to} id={wanted.id} period={period} />} />;
  if (wanted.kind === 'ticket') return <><TraceHits title={t('trace.ways')} asked={{ ...during, ticket_id: wanted.id }} none={nothing} /><Card title={t('trace.of_ticket', { id: wanted.id })}><TicketMessages ticket={wanted.id} /></Card></>;
  const address = wanted.kind === 'address' ? wanted.address : '';
  return (
    <>
      {address ? <><TraceHits title={t('trace.from_address', { address })} asked={{ ...during, sender: address }} none={nothing} /><TraceHits title={t('trace.to_address', { address })} asked={{ ...during, recipient: address }} none={nothing} /></>
        : <TraceHits title={t('trace.ways')} asked={during} none={nothing} />}
      {can('tickets:write') && <HeldHits address={address} period={period} />}
      {address && can('settings:manage') && <WaitingHits address={address} />}
      <TicketHits address={address} period={period} />
      <Card title={t('trace.not_here')}><ul className="list-disc pl-5 text-faint">{['refused', 'other', 'spam', 'wait'].map((each) => <li key={each} className="mb-1 max-w-prose">{t(`trace.not_here_${each}`)}</li>)}</ul></Card>
    </>
  );
}

export default function TraceSearch() {
  const t = useWords('mail');
  const params = useQueryParams();
  const asked = params.get('q') ?? '';
  const from = params.get('from') ?? '';
  const to = params.get('to') ?? '';
  const wanted = wantedOf(asked);
  return (
    <Page title={t('trace.title')} intro={t('trace.intro')}>
      <Card><SearchForm key={asked + from + to} asked={asked} from={from} to={to} /></Card>
      {wanted.kind === 'nothing' && (asked || !(from || to)) ? !asked && <Empty>{t('trace.start')}</Empty> : <Results wanted={wanted} period={{ from: isoOf(from), to: isoOf(to) }} />}
    </Page>
  );
}
