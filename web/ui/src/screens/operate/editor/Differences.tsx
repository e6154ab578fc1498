// Changes of rules as a table: which rule, what of it, before and after.
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Table } from '@/kit/Table';
import type { Difference } from '../api';

const tones: Record<string, 'good' | 'bad' | 'accent'> = { added: 'good', removed: 'bad', changed: 'accent' };

export function Differences({ list }: { list: Difference[] }) {
  const t = useWords('operate');
  const value = (text: string) => (text ? <code className="text-[0.85em] break-words whitespace-pre-wrap">{text}</code> : <span className="text-faint">–</span>);
  return (
    <Table caption={t('diff.title')} rows={list.map((each, at) => ({ ...each, at }))} rowKey={(row) => row.at} empty={t('diff.none')}
      columns={[
        { title: t('rules.rule'), cell: (row) => <code>{row.rule}</code> },
        { title: t('diff.change'), cell: (row) => <Badge tone={tones[row.change] ?? 'plain'}>{t(`diff.${row.change}`, { defaultValue: row.change })}</Badge> },
        { title: t('diff.field'), cell: (row) => (row.field ? t(`says.field.${row.field}`, { defaultValue: row.field }) : '–') },
        { title: t('diff.before'), className: 'min-w-32', cell: (row) => value(row.before) },
        { title: t('diff.after'), className: 'min-w-32', cell: (row) => value(row.after) },
      ]} />
  );
}
