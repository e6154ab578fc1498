// Which time graphs are about; the choice is in the address.
import { setQueryParams, useQueryParams } from '@/app/place';
import { useWords } from '@/i18n';
import { Field, Select } from './Field';
import { kDays, spanOf } from './span';

export function SpanChoice({ usual = 30 }: { usual?: number }) {
  const t = useWords();
  const params = useQueryParams();
  const span = spanOf(params, usual);
  const isOwn = params.has('from');
  const choose = (word: string) => setQueryParams(word === 'own' ? { from: span.from, to: span.to, days: undefined } : { days: word, from: undefined, to: undefined });
  return (
    <>
      <Select label={t('span.label')} boxClass="min-w-40" value={isOwn ? 'own' : params.get('days') ?? String(usual)} onChange={(event) => choose(event.currentTarget.value)}>
        {kDays.map((days) => <option key={days} value={String(days)}>{t('span.days', { count: days })}</option>)}
        <option value="own">{t('span.own')}</option>
      </Select>
      {isOwn && (
        <>
          <Field label={t('span.from')} type="date" value={span.from} max={span.to} onChange={(event) => { if (event.currentTarget.value) setQueryParams({ from: event.currentTarget.value }); }} />
          <Field label={t('span.to')} type="date" value={span.to} min={span.from} onChange={(event) => { if (event.currentTarget.value) setQueryParams({ to: event.currentTarget.value }); }} />
        </>
      )}
    </>
  );
}
