// Two versions: what changes for each rule, and the documents side by side.
import { useQuery } from '@tanstack/react-query';
import { wordsOf } from '@/api/http';
import { setQueryParams } from '@/app/place';
import { useWords } from '@/i18n';
import { Select } from '@/kit/Field';
import { Card, Failed } from '@/kit/Page';
import { Wait } from '@/kit/Wait';
import { differenceQuery, setQuery } from '../api';
import { Differences } from '../editor/Differences';
import { SideBySide } from './SideBySide';

export function Compare({ numbers, active, from, to }: { numbers: number[]; active: number; from: number; to: number }) {
  const t = useWords('operate');
  const difference = useQuery(differenceQuery(from, to));
  const before = useQuery(setQuery(from));
  const after = useQuery(setQuery(to));
  const problem = difference.error ?? before.error ?? after.error;
  const name = (number: number) => `${number === 0 ? t('versions.shipped') : t('versions.number', { number })}${number === active ? ` (${t('versions.active')})` : ''}`;
  const choice = (label: string, value: number, key: 'from' | 'to') => (
    <Select label={label} boxClass="min-w-56" value={String(value)} onChange={(event) => setQueryParams({ [key]: event.currentTarget.value })}>{numbers.map((each) => <option key={each} value={String(each)}>{name(each)}</option>)}</Select>
  );
  return (
    <Card title={t('compare.title')}>
      <div className="flex flex-wrap gap-x-4">{choice(t('compare.from'), from, 'from')}{choice(t('compare.to'), to, 'to')}</div>
      {problem && <Failed words={wordsOf(problem)} />}
      {difference.data && <><h3 className="mb-1">{t('compare.rules')}</h3><Differences list={difference.data} /></>}
      {before.data && after.data ? <><h3 className="mt-4 mb-2">{t('compare.documents')}</h3><SideBySide key={`${from} ${to}`} before={before.data.document} after={after.data.document} names={[name(from), name(to)]} /></> : !problem && <Wait />}
    </Card>
  );
}
