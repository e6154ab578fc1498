// When people work: what working hours of promises count by.
import { useQuery } from '@tanstack/react-query';
import { get } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { useKnown } from '@/kit/conditions/useKnown';
import { LinkButton } from '@/kit/editor/LinkButton';
import { Loaded } from '@/kit/Loaded';
import { Empty, Page } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { kPath } from './model';
import { hoursOf } from './week';

export default function Schedules() {
  const t = useWords('sla');
  const { groups } = useKnown();
  const mayChange = useSession().can('settings:manage');
  const query = useQuery({ queryKey: ['defined', 'schedules'], queryFn: ({ signal }) => get(`${kPath}?page[size]=100`, signal), select: (answer) => answer.schedules });
  const nameOf = (id: unknown) => groups.find((each) => each.value === String(id))?.title ?? `#${String(id)}`;
  return (
    <Page title={t('schedules.title')} intro={t('schedules.intro')} actions={mayChange && <LinkButton href="#/admin/schedules/new">{t('schedules.add')}</LinkButton>}>
      <Loaded query={query}>{(list) => (list.length === 0 ? <section className="rounded-xl border border-line bg-paper"><Empty>{t('schedules.none')}</Empty></section> : (
        <section aria-label={t('schedules.title')} className="rounded-xl border border-line bg-paper p-2">
          <Table caption={t('schedules.title')} rows={list} rowKey={(each) => String(each.id)} isStacked columns={[
            { title: t('rules:title'), cell: (each) => <><a href={`#/admin/schedules/${each.id}`} className="font-semibold">{each.name}</a> {!each.active && <Badge>{t('rules:off')}</Badge>}</> },
            { title: t('schedules.zone'), cell: (each) => each.time_zone },
            { title: t('schedules.week'), cell: (each) => t('schedules.hours', { count: hoursOf(each.intervals), amount: number(hoursOf(each.intervals)) }) },
            { title: t('schedules.groups'), cell: (each) => each.group_ids.map(nameOf).join(', ') || t('schedules.no_groups') },
          ]} />
        </section>
      ))}</Loaded>
    </Page>
  );
}
