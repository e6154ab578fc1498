// One replay: its progress, the picture of rates before and after, and where they differ.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { wordsOf, type Id } from '@/api/http';
import type { ScreenProps } from '@/app/screens';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Check } from '@/kit/Field';
import { Figures } from '@/kit/Figures';
import { Card, Empty, Failed } from '@/kit/Page';
import { percent } from '@/kit/plot_data';
import { Table } from '@/kit/Table';
import { Wait } from '@/kit/Wait';
import { replayQuery, type ReplayDetail, type ReplayRule } from '../api';
import { RedactionPage } from '../redaction/RedactionPage';
import { Progress } from './Progress';
import { RatePicture } from './RatePicture';
import { sideName } from './sides';

const kAgainMs = 1_000;

function Tickets({ ids, count }: { ids: Id[]; count: number }) {
  if (count === 0) return <span>–</span>;
  return <span>{number(count)} {ids.length > 0 && <span className="text-sm">({ids.map((id, at) => <span key={String(id)}>{at > 0 && ', '}<a href={`#/tickets/${id}`}>#{String(id)}</a></span>)}{ids.length < count && ', …'})</span>}</span>;
}

function Numbers({ rules }: { rules: ReplayRule[] }) {
  const t = useWords('operate');
  return (
    <Table caption={t('replay.numbers')} rows={rules} rowKey={(row) => row.rule}
      columns={[
        { title: t('rules.rule'), cell: (row) => <code>{row.rule}</code> },
        { title: t('replay.before'), className: 'text-right whitespace-nowrap tabular-nums', cell: (row) => `${number(row.active.findings)} · ${percent(row.active.hit_rate)}` },
        { title: t('replay.after'), className: 'text-right whitespace-nowrap tabular-nums', cell: (row) => `${number(row.candidate.findings)} · ${percent(row.candidate.hit_rate)}` },
        { title: t('replay.new_hits'), className: 'min-w-32', cell: (row) => <Tickets ids={row.only_candidate_ticket_ids} count={row.only_candidate} /> },
        { title: t('replay.lost_hits'), className: 'min-w-32', cell: (row) => <Tickets ids={row.only_active_ticket_ids} count={row.only_active} /> },
        { title: t('stats.places'), cell: (row) => <span className="text-sm">{row.places.slice(0, 5).map((each, at) => <span key={at} className="block [overflow-wrap:anywhere]">{each.where}{each.label && ` (${each.label})`}: {number(each.active)} → {number(each.candidate)}</span>)}</span> },
      ]} />
  );
}

function Body({ replay }: { replay: ReplayDetail }) {
  const t = useWords('operate');
  const [isOnlyChanged, setOnlyChanged] = useState(false);
  const found = replay.rules.filter((each) => each.active.findings + each.candidate.findings > 0);
  const differ = found.filter((each) => each.only_active + each.only_candidate > 0 || each.active.findings !== each.candidate.findings);
  const shown = isOnlyChanged ? differ : found;
  return (
    <>
      {replay.state === 'running' && <Card><Progress replay={replay} /></Card>}
      <div role="status">{replay.state !== 'running' && <p className="mb-3">{t(replay.cut_short_by ? 'replay.cut_short' : `replay.ended.${replay.state}`, { by: t(`replay.limit.${replay.cut_short_by}`, { defaultValue: replay.cut_short_by ?? '' }) })}</p>}</div>
      <Figures list={[
        { name: t('replay.read_messages'), value: number(replay.messages_read) }, { name: t('replay.failed'), value: number(replay.messages_failed), tone: replay.messages_failed ? 'warn' : undefined },
        { name: t('replay.rules_found'), value: number(found.length) }, { name: t('replay.rules_differ'), value: number(differ.length), tone: differ.length ? 'warn' : undefined },
      ]} />
      <Card title={t('replay.picture')}>
        {found.length > 0 && <Check label={t('replay.only_changed')} checked={isOnlyChanged} onChange={(event) => setOnlyChanged(event.currentTarget.checked)} />}
        {shown.length > 0 ? <RatePicture rules={shown} /> : <Empty>{t(found.length ? 'replay.no_difference' : 'replay.nothing_found')}</Empty>}
        <p className="mt-3 max-w-prose text-sm text-faint">{t('replay.limitation')}</p>
      </Card>
      {shown.length > 0 && <Card title={t('replay.numbers')}><Numbers rules={shown} /></Card>}
    </>
  );
}

export default function ReplayScreen({ params }: ScreenProps) {
  const t = useWords('operate');
  const { data, error, refetch } = useQuery({ ...replayQuery(params.id ?? ''), refetchInterval: (query) => (query.state.data?.state === 'running' ? kAgainMs : false) });
  return (
    <RedactionPage title={t('replay.title')} intro={data && t('replay.compares', { candidate: sideName(t, data.candidate_version), active: sideName(t, data.against_version) })}>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data && <Body replay={data} />}
    </RedactionPage>
  );
}
