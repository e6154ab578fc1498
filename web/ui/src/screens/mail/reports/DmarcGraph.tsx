// Mail in the name of a domain by day, who sent it, and who says so.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Card, Failed } from '@/kit/Page';
import { Plot } from '@/kit/Plot';
import { percent } from '@/kit/plot_data';
import { Wait } from '@/kit/Wait';
import { dmarcQuery, type DmarcDomain, type ReportPeriod } from '../api';
import { Figures } from '@/kit/Figures';
import { NoReports } from './NoReports';
import { Reporters } from './Reporters';
import { Sources } from './Sources';
import { everyDay } from '@/kit/span';

function Picture({ domain, period }: { domain: DmarcDomain; period: ReportPeriod }) {
  const t = useWords('mail');
  const { days, series } = useMemo(() => {
    const byDay = new Map((domain.days ?? []).map((each) => [each.date, each]));
    const every = everyDay({ from: period.from ?? '', to: period.to ?? '' });
    return {
      days: every,
      series: [
        { label: t('reports.passed'), tone: 'good' as const, values: every.map((day) => byDay.get(day)?.passed ?? 0) },
        { label: t('reports.not_passed'), tone: 'bad' as const, pattern: 'hatched' as const, values: every.map((day) => { const sums = byDay.get(day); return sums ? sums.messages - sums.passed : 0; }) },
      ],
    };
  }, [domain.days, period.from, period.to, t]);
  return <Plot title={t('reports.dmarc_plot', { domain: domain.domain })} kind="bars" days={days} series={series} />;
}

export function DmarcGraph({ period }: { period: ReportPeriod }) {
  const t = useWords('mail');
  const { data, error, refetch } = useQuery(dmarcQuery(period));
  if (error) return <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />;
  if (!data) return <Wait />;
  const domain = data.domains.find((each) => each.domain === period.domain);
  if (!domain || domain.messages === 0) return <NoReports kind="dmarc" domain={period.domain ?? ''} />;
  return (
    <>
      <Figures list={[
        { name: t('reports.messages'), value: number(domain.messages) },
        { name: t('reports.pass_rate'), value: percent(domain.pass_rate), tone: (domain.pass_rate ?? 0) >= 0.98 ? 'good' : (domain.pass_rate ?? 0) >= 0.9 ? 'warn' : 'bad' },
        { name: t('reports.by_dkim'), value: percent(domain.dkim_aligned / domain.messages) },
        { name: t('reports.by_spf'), value: percent(domain.spf_aligned / domain.messages) },
        { name: t('reports.quarantined'), value: number(domain.quarantined) },
        { name: t('reports.rejected'), value: number(domain.rejected) },
      ]} />
      <Card><Picture domain={domain} period={period} /></Card>
      <Sources period={period} />
      <Reporters reporters={domain.reporters ?? []} />
    </>
  );
}
