// Exact counts of all time: of everybody in a row of numbers, by agent and by group in tables.
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Figures } from '@/kit/Figures';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { nameOf, usePeople } from '@/screens/desk/ticket/data/people';
import { useGroups } from '@/screens/desk/ticket/data/queries';
import { useFigures } from './api';
import type { Figures as Row } from './model';

const percent = (value: number | null) => (value === null ? '–' : new Intl.NumberFormat(document.documentElement.lang, { style: 'percent' }).format(value / 100));

export function Overall() {
  const t = useWords('satisfaction');
  const query = useFigures('all');
  return (
    <Loaded query={query}>{(list) => {
      const all = list[0];
      const good = all?.good ?? 0;
      const bad = all?.bad ?? 0;
      return <Figures list={[
        { name: t('figure.percent'), value: percent(all?.good_percent ?? null), tone: all?.good_percent == null ? undefined : all.good_percent >= 80 ? 'good' : all.good_percent >= 50 ? 'warn' : 'bad' },
        { name: t('figure.good'), value: number(good) }, { name: t('figure.bad'), value: number(bad) },
        { name: t('figure.with_comment'), value: number((all?.good_with_comment ?? 0) + (all?.bad_with_comment ?? 0)) }, { name: t('figure.offered'), value: number(all?.offered ?? 0) },
      ]} />;
    }}</Loaded>
  );
}

export function FigureTable({ by }: { by: 'assignee' | 'group' }) {
  const t = useWords('satisfaction');
  const { can } = useSession();
  const query = useFigures(by);
  const people = usePeople(by === 'assignee' && can('users:read') ? (query.data ?? []).map((each) => each.assignee_id) : []);
  const groups = useGroups().data;
  const nameIn = (row: Row) => {
    const id = by === 'assignee' ? row.assignee_id : row.group_id;
    if (id === null) return t(`nobody_${by}`);
    return by === 'assignee' ? nameOf(people, id, `#${id}`) : groups?.find((each) => String(each.id) === String(id))?.name ?? `#${id}`;
  };
  return (
    <Card title={t(`by_${by}`)}>
      <Loaded query={query}>{(rows) => (
        <Table caption={t(`by_${by}`)} rows={[...rows].sort((a, b) => b.good + b.bad - a.good - a.bad)} rowKey={(row) => String(row.assignee_id ?? row.group_id ?? '')} empty={t('none_yet')} columns={[
          { title: t(`column.${by}`), cell: (row) => <span className="[overflow-wrap:anywhere]">{nameIn(row)}</span> },
          { title: t('figure.percent'), className: 'text-right tabular-nums', cell: (row) => percent(row.good_percent) },
          { title: t('figure.good'), className: 'text-right tabular-nums', cell: (row) => number(row.good) },
          { title: t('figure.bad'), className: 'text-right tabular-nums', cell: (row) => number(row.bad) },
          { title: t('figure.offered'), className: 'text-right tabular-nums', cell: (row) => number(row.offered) },
        ]} />
      )}</Loaded>
    </Card>
  );
}
