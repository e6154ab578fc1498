import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Card } from '@/kit/Page';
import { Table } from '@/kit/Table';
import type { Reporter } from '../api';

// Who said so: anybody with a domain can prove himself and report what he likes.
export function Reporters({ reporters }: { reporters: Reporter[] }) {
  const t = useWords('mail');
  return (
    <Card title={t('reports.reporters')}>
      <p className="mb-2 max-w-prose text-faint">{t('reports.reporters_hint')}</p>
      <Table caption={t('reports.reporters')} rows={reporters} rowKey={(row) => `${row.domain} ${row.organization}`} empty={t('common:none')}
        columns={[
          { title: t('reports.reporter'), cell: (row) => <span className="[overflow-wrap:anywhere]">{row.organization || row.domain}{row.organization && row.organization !== row.domain && <span className="block text-sm text-faint">{row.domain}</span>}</span> },
          { title: t('reports.count'), className: 'text-right tabular-nums', cell: (row) => number(row.reports) },
          { title: t('reports.about'), className: 'text-right tabular-nums', cell: (row) => number(row.messages ?? row.sessions ?? 0) },
        ]} />
    </Card>
  );
}
