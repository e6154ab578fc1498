// Why the sender was judged so: each check with its result, the spam score with its parts, and what DNS answered.
import { useWords } from '@/i18n';
import { Badge, type Tone } from '@/kit/Badge';
import { checkRows, defectWords, resultWords } from '@/kit/checks/checkRows';
import { Card } from '@/kit/Page';
import { points } from '@/kit/plot_data';
import { Table } from '@/kit/Table';
import type { DnsStep, Redaction, Trace } from './api';

const toneOf = (result: string): Tone => (result === 'pass' ? 'good' : result === 'fail' || result === 'permerror' ? 'bad' : /softfail|policy|temperror/.test(result) ? 'warn' : 'plain');

function Dns({ steps }: { steps: DnsStep[] }) {
  const t = useWords('mail');
  if (steps.length === 0) return null;
  return (
    <details className="mt-3">
      <summary className="cursor-pointer text-accent">{t('checks.dns')}</summary>
      <Table caption={t('checks.dns')} rows={steps.map((step, at) => ({ ...step, at }))} rowKey={(row) => row.at}
        columns={[
          { title: t('checks.asked'), cell: (row) => <code className="break-all">{row.type} {row.name}</code> },
          { title: t('checks.for'), cell: (row) => row.method.toUpperCase() },
          { title: t('checks.answer'), cell: (row) => <span>{row.status}{row.is_secure && ' · DNSSEC'}{row.records.map((each, at) => <code key={at} className="block text-xs break-all">{each}</code>)}</span> },
        ]} />
    </details>
  );
}

function Redactions({ redactions }: { redactions: Redaction[] }) {
  const t = useWords('mail');
  if (redactions.length === 0) return null;
  return (
    <Card title={t('checks.redactions')}>
      <Table caption={t('checks.redactions')} rows={redactions.map((each, at) => ({ ...each, at }))} rowKey={(row) => row.at}
        columns={[
          { title: t('checks.rule'), cell: (row) => <code>{row.rule}</code> }, { title: t('checks.kind'), cell: (row) => row.brand || '–' },
          { title: t('checks.where'), cell: (row) => <span className="[overflow-wrap:anywhere]">{row.where}</span> }, { title: t('checks.count'), className: 'text-right tabular-nums', cell: (row) => row.count },
        ]} />
    </Card>
  );
}

export function Checks({ trace }: { trace: Trace }) {
  const t = useWords('mail');
  const checks = useWords('checks');
  const { verdicts } = trace;
  const symbols = [...verdicts.spam.symbols].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return (
    <>
      <Card title={t('checks.title')}>
        <Table caption={t('checks.title')} rows={checkRows(checks, verdicts)} rowKey={(row) => row.key}
          columns={[
            { title: t('checks.check'), cell: (row) => <span><strong>{row.name}</strong><span className="block text-sm text-faint">{t(`checks.means.${row.kind}`)}</span></span> },
            { title: t('checks.result'), cell: (row) => <Badge tone={toneOf(row.result)}>{resultWords(checks, row.result)}</Badge> },
            { title: t('checks.why'), cell: (row) => <span className="[overflow-wrap:anywhere]">{row.detail}</span> },
          ]} />
        {verdicts.parse.degraded && <p className="mt-2 text-warn">{t('checks.degraded', { list: defectWords(checks, verdicts.parse.defects) || '–' })}</p>}
        <Dns steps={verdicts.dns ?? []} />
      </Card>
      <Card title={t('checks.spam', { score: points(verdicts.spam.score) })}>
        <p className="mb-2 max-w-prose text-faint">{t('checks.spam_hint')}</p>
        <Table caption={t('checks.symbols')} rows={symbols} rowKey={(row) => row.name} empty={t('checks.no_symbols')}
          columns={[{ title: t('checks.symbol'), cell: (row) => <span><code>{row.name}</code><span className="block text-sm text-faint">{t(`symbol.${row.name}`, { defaultValue: '' })}</span></span> }, { title: t('checks.weight'), className: 'text-right tabular-nums', cell: (row) => points(row.weight, true) }]} />
      </Card>
      <Redactions redactions={trace.redactions} />
    </>
  );
}
