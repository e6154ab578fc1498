// How often others reached this server over verified TLS, and why not.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Card, Failed } from '@/kit/Page';
import { Plot } from '@/kit/Plot';
import { percent } from '@/kit/plot_data';
import { Table } from '@/kit/Table';
import { Wait } from '@/kit/Wait';
import { tlsQuery, type ReportPeriod, type TlsDomain } from '../api';
import { Figures } from '@/kit/Figures';
import { NoReports } from './NoReports';
import { Reporters } from './Reporters';
import { everyDay } from '@/kit/span';

function Picture({ domain, period }: { domain: TlsDomain; period: ReportPeriod }) {
  const t = useWords('mail');
  const { days, series } = useMemo(() => {
    const byDay = new Map((domain.days ?? []).map((each) => [each.date, each]));
    const every = everyDay({ from: period.from ?? '', to: period.to ?? '' });
    return {
      days: every,
      series: [
        { label: t('reports.tls_good'), tone: 'good' as const, values: every.map((day) => byDay.get(day)?.successes ?? 0) },
        { label: t('reports.tls_failed'), tone: 'bad' as const, pattern: 'hatched' as const, values: every.map((day) => byDay.get(day)?.failures ?? 0) },
      ],
    };
  }, [domain.days, period.from, period.to, t]);
  return <Plot title={t('reports.tls_plot', { domain: domain.domain })} kind="bars" days={days} series={series} />;
}

export function TlsGraph({ period }: { period: ReportPeriod }) {
  const t = useWords('mail');
  const { data, error, refetch } = useQuery(tlsQuery(period));
  if (error) return <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />;
  if (!data) return <Wait />;
  const domain = data.domains.find((each) => each.domain === period.domain);
  if (!domain || domain.sessions === 0) return <NoReports kind="tls" domain={period.domain ?? ''} />;
  return (
    <>
      <Figures list={[
        { name: t('reports.sessions'), value: number(domain.sessions) },
        { name: t('reports.success_rate'), value: percent(domain.success_rate), tone: (domain.success_rate ?? 0) >= 0.99 ? 'good' : 'warn' },
        { name: t('reports.tls_bad'), value: number(domain.failures), tone: domain.failures ? 'bad' : undefined },
      ]} />
      <Card><Picture domain={domain} period={period} /></Card>
      <Card title={t('reports.failures')}>
        <Table caption={t('reports.failures')} rows={domain.failure_types ?? []} rowKey={(row) => `${row.result_type} ${row.receiving_host}`} empty={t('reports.no_failures')}
          columns={[
            { title: t('reports.failure'), className: 'min-w-44', cell: (row) => <span>{t(`tls_failure.${row.result_type}`, { defaultValue: row.result_type })}<code className="block text-xs text-faint">{row.result_type}</code></span> },
            { title: t('reports.host'), className: 'min-w-40', cell: (row) => <span className="[overflow-wrap:anywhere]">{row.receiving_host || '–'}</span> },
            { title: t('reports.sessions'), className: 'text-right tabular-nums', cell: (row) => number(row.sessions) },
          ]} />
      </Card>
      <Card title={t('reports.policies')}>
        <Table caption={t('reports.policies')} rows={domain.policies ?? []} rowKey={(row) => row.policy_type} empty={t('common:none')}
          columns={[
            { title: t('reports.policy'), cell: (row) => t(`tls_policy.${row.policy_type}`, { defaultValue: row.policy_type }) },
            { title: t('reports.sessions'), className: 'text-right tabular-nums', cell: (row) => number(row.sessions) },
            { title: t('reports.success_rate'), className: 'text-right tabular-nums', cell: (row) => percent(row.success_rate) },
          ]} />
      </Card>
      <Reporters reporters={domain.reporters ?? []} />
    </>
  );
}
