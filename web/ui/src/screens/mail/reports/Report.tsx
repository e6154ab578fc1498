// One report with its rows.
import { useQuery } from '@tanstack/react-query';
import { wordsOf } from '@/api/http';
import type { ScreenProps } from '@/app/screens';
import { useWords } from '@/i18n';
import { date, number } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Card, Failed, Page } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { Wait } from '@/kit/Wait';
import { reportQuery, type MailReportDetail, type ReportRow, type TlsPolicy } from '../api';

function Rows({ rows }: { rows: ReportRow[] }) {
  const t = useWords('mail');
  const aligned = (is: boolean) => <Badge tone={is ? 'good' : 'bad'}>{t(is ? 'reports.aligned' : 'reports.not_aligned')}</Badge>;
  return (
    <Table caption={t('reports.rows')} rows={rows.map((each, at) => ({ ...each, at }))} rowKey={(row) => row.at} empty={t('common:none')}
      columns={[
        { title: t('sources.address'), cell: (row) => <code className="whitespace-nowrap">{row.source_ip}</code> },
        { title: t('reports.messages'), className: 'text-right tabular-nums', cell: (row) => number(row.messages) },
        { title: t('reports.header_from'), className: 'min-w-32', cell: (row) => <span className="[overflow-wrap:anywhere]">{row.header_from}{row.envelope_from && row.envelope_from !== row.header_from && <span className="block text-sm text-faint">{row.envelope_from}</span>}</span> },
        { title: 'DKIM', cell: (row) => <span>{aligned(row.dkim_aligned)}{row.dkim.map((each, at) => <span key={at} className="block text-xs text-faint [overflow-wrap:anywhere]">{each.result} {each.selector && `${each.selector}.`}{each.domain}</span>)}</span> },
        { title: 'SPF', cell: (row) => <span>{aligned(row.spf_aligned)}{row.spf.map((each, at) => <span key={at} className="block text-xs text-faint [overflow-wrap:anywhere]">{each.result} {each.domain}</span>)}</span> },
        { title: t('reports.disposition'), cell: (row) => <span>{t(`disposition.${row.disposition}`, { defaultValue: row.disposition })}{row.reasons.map((each, at) => <span key={at} className="block text-xs text-faint">{each.type}{each.comment && `: ${each.comment}`}</span>)}</span> },
      ]} />
  );
}

function Policies({ policies }: { policies: TlsPolicy[] }) {
  const t = useWords('mail');
  return policies.map((policy, at) => (
    <Card key={at} title={`${policy.domain} · ${t(`tls_policy.${policy.policy_type}`, { defaultValue: policy.policy_type })}`}>
      <p className="mb-2">{t('reports.tls_sums', { good: number(policy.successes), bad: number(policy.failures) })}{policy.mx_hosts.length > 0 && ` · ${policy.mx_hosts.join(', ')}`}</p>
      <Table caption={t('reports.failures')} rows={policy.failure_details.map((each, row) => ({ ...each, row }))} rowKey={(each) => each.row} empty={t('reports.no_failures')}
        columns={[
          { title: t('reports.failure'), className: 'min-w-44', cell: (row) => t(`tls_failure.${row.result_type}`, { defaultValue: row.result_type }) },
          { title: t('reports.sender'), cell: (row) => <code className="whitespace-nowrap">{row.sending_ip}</code> },
          { title: t('reports.host'), className: 'min-w-40', cell: (row) => <span className="[overflow-wrap:anywhere]">{[row.receiving_host, row.receiving_ip].filter(Boolean).join(' · ')}</span> },
          { title: t('reports.sessions'), className: 'text-right tabular-nums', cell: (row) => number(row.sessions) },
          { title: t('checks.why'), cell: (row) => row.reason_code || '–' },
        ]} />
    </Card>
  ));
}

function Body({ report }: { report: MailReportDetail }) {
  const t = useWords('mail');
  const facts: [string, string][] = [
    [t('reports.reporter'), [report.organization, report.reporter].filter(Boolean).join(' · ')], [t('reports.contact'), report.contact], [t('reports.id'), report.report_id],
    [t('reports.period'), `${date(report.begins_at)} – ${date(report.ends_at)}`],
    ...(report.published ? [[t('reports.published'), Object.entries(report.published).filter(([, value]) => value).map(([name, value]) => `${name}=${value}`).join('; ')] as [string, string]] : []),
  ];
  return (
    <>
      {!report.counted && <p className="mb-3 rounded-lg border border-warn bg-warn-ground p-3 text-warn">{t('reports.not_counted')}: {report.not_counted}</p>}
      <Card><dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[12rem_1fr]">{facts.filter(([, value]) => value).map(([name, value]) => [<dt key={name} className="text-faint">{name}</dt>, <dd key={`${name}=`} className="m-0 [overflow-wrap:anywhere]">{value}</dd>])}</dl>
        <p className="mt-2"><a href={`#/mail/trace/${report.trace}`}>{t('trace.show_way')}</a></p></Card>
      {report.rows && <Card title={t('reports.rows')}><Rows rows={report.rows} /></Card>}
      {report.policies && <Policies policies={report.policies} />}
      {report.left_out > 0 && <p className="text-faint">{t('reports.left_out', { count: report.left_out })}</p>}
    </>
  );
}

export default function Report({ params }: ScreenProps) {
  const t = useWords('mail');
  const { data, error, refetch } = useQuery(reportQuery(params.id ?? ''));
  return (
    <Page title={data ? t('reports.one', { kind: t(`reports.kind_${data.kind}`, { defaultValue: data.kind }), from: data.organization || data.reporter }) : t('reports.title')} intro={<a href="#/mail/reports?tab=reports">{t('reports.title')}</a>} isWide>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data && <Body report={data} />}
    </Page>
  );
}
