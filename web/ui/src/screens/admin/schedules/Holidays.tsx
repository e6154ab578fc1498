// Days on which a schedule is closed; each is stored by itself.
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ApiError, del, get, post, type Id } from '@/api/http';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { localDay } from '@/i18n/dates';
import { tell, useAct } from '@/kit/act';
import { Button } from '@/kit/Button';
import { Field } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { kPath, type Holiday } from './model';

const kNone = { name: '', start_date: '', end_date: '' };

export function Holidays({ schedule, mayChange }: { schedule: Id; mayChange: boolean }) {
  const t = useWords('sla');
  const key = ['schedule', String(schedule), 'holidays'];
  const path = `${kPath}/${schedule}/holidays` as const;
  const query = useQuery({ queryKey: key, queryFn: async ({ signal }) => (await get<{ holidays: Holiday[] }>(`${path}?page[size]=100`, signal)).holidays });
  const [wish, setWish] = useState(kNone);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [isBusy, act] = useAct();
  const again = () => queries.invalidateQueries({ queryKey: key });
  const add = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await post(path, { holiday: { ...wish, end_date: wish.end_date || wish.start_date } });
      setWish(kNone);
      setProblem(null);
      await again();
    } catch (error) {
      if (error instanceof ApiError && error.status === 422) setProblem(error);
      else tell(error);
    }
  };
  return (
    <Card title={t('holidays.title')}>
      <p className="mb-2 max-w-prose text-sm text-faint">{t('holidays.hint')}</p>
      <Loaded query={query}>{(list) => (
        <Table caption={t('holidays.title')} rows={[...list].sort((a, b) => a.start_date.localeCompare(b.start_date))} rowKey={(each) => String(each.id)} empty={t('holidays.none')} isStacked columns={[
          { title: t('holidays.name'), cell: (each) => each.name },
          { title: t('holidays.days'), cell: (each) => (each.start_date === each.end_date ? localDay(each.start_date) : t('holidays.span', { from: localDay(each.start_date), to: localDay(each.end_date) })) },
          ...(mayChange ? [{ title: t('common:actions'), isTitleHidden: true, className: 'text-right', cell: (each: Holiday) => <Button look="quiet" aria-label={t('rules:remove_what', { what: each.name })} onClick={() => void act(() => del(`${path}/${each.id}`).then(again))}>{t('common:remove')}</Button> }] : []),
        ]} />
      )}</Loaded>
      {mayChange && (
        <form noValidate onSubmit={(event) => void add(event)} className="mt-3 flex flex-wrap items-end gap-x-3">
          <Field label={t('holidays.name')} boxClass="min-w-48 flex-1" value={wish.name} error={problem?.about('name')} onChange={(event) => setWish({ ...wish, name: event.currentTarget.value })} />
          <Field label={t('holidays.first')} type="date" value={wish.start_date} error={problem?.about('start_date')} onChange={(event) => setWish({ ...wish, start_date: event.currentTarget.value })} />
          <Field label={t('holidays.last')} type="date" value={wish.end_date} min={wish.start_date} error={problem?.about('end_date')} onChange={(event) => setWish({ ...wish, end_date: event.currentTarget.value })} />
          <Button type="submit" isBusy={isBusy} className="mb-3" disabled={!wish.start_date}>{t('holidays.add')}</Button>
          {problem && !problem.about('name') && !problem.about('start_date') && !problem.about('end_date') && <p role="alert" className="mb-3 w-full text-sm text-bad">{problem.words}</p>}
        </form>
      )}
    </Card>
  );
}
