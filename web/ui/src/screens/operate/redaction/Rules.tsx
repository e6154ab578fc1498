// The rules in force with what each finds in live mail, where it is enforced, and how often people call it wrong.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { wordsOf } from '@/api/http';
import { setQueryParams, useQueryParams } from '@/app/place';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Field, Select } from '@/kit/Field';
import { Card, Failed } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { Wait } from '@/kit/Wait';
import { rulesQuery, type Rule } from '../api';
import { ruleText } from '../words';
import { WhereItWorks } from './ModeBadge';
import { RateBar } from './RateBar';
import { RedactionPage } from './RedactionPage';
import { RolloutDialog } from './RolloutDialog';
import { RollbackButton } from './RollbackButton';
import { fits, kFilters, sorted } from './rule_list';

function RuleTable({ rules, onRollout }: { rules: Rule[]; onRollout: (rule: Rule) => void }) {
  const t = useWords('operate');
  const most = Math.max(0, ...rules.map((each) => each.counts?.hit_rate ?? 0));
  return (
    <Table caption={t('redaction.rules')} rows={rules} rowKey={(row) => row.id} empty={t('rules.none')}
      columns={[
        { title: t('rules.rule'), className: 'min-w-56', cell: (row) => <span><a className="font-semibold" href={`#/operate/redaction/rules/${encodeURIComponent(row.id)}`}>{row.id}</a>{!row.is_shipped && <> <Badge tone="note">{t('rules.own')}</Badge></>}<span className="block text-sm text-faint">{ruleText(t, row)}</span></span> },
        { title: t('rules.where'), className: 'min-w-40', cell: (row) => <WhereItWorks rule={row} /> },
        { title: t('rules.hit_rate'), cell: (row) => <RateBar share={row.counts?.hit_rate ?? null} most={most} /> },
        { title: t('rules.enforced'), className: 'text-right tabular-nums', cell: (row) => (row.counts ? number(row.counts.findings) : '–') },
        { title: t('rules.in_shadow'), className: 'text-right tabular-nums', cell: (row) => (row.counts ? number(row.counts.shadow_findings) : '–') },
        { title: t('rules.false_positives'), className: 'text-right tabular-nums', cell: (row) => (row.counts?.false_positives ? <a href="#/operate/redaction/marks" className="text-warn">{number(row.counts.false_positives)}</a> : row.counts ? '0' : '–') },
        { title: t('common:actions'), isTitleHidden: true, cell: (row) => (row.is_locked ? <span className="text-sm whitespace-nowrap text-faint">{t('rules.locked')}</span> : <Button className="whitespace-nowrap" aria-label={t('rollout.what', { rule: row.id })} onClick={() => onRollout(row)}>{t('rollout.open')}</Button>) },
      ]} />
  );
}

export default function Rules() {
  const t = useWords('operate');
  const params = useQueryParams();
  const { data, error, refetch } = useQuery(rulesQuery);
  const [rolledOut, setRolledOut] = useState<Rule | null>(null);
  const text = params.get('find') ?? '';
  const filter = kFilters.find((each) => each === params.get('show')) ?? 'all';
  const shown = useMemo(() => sorted((data?.redaction_rules ?? []).filter((each) => fits({ ...each, description: ruleText(t, each) }, filter, text))), [data, filter, text, t]);
  return (
    <RedactionPage intro={data && t(data.version === 0 ? 'rules.intro_shipped' : 'rules.intro', { version: data.version, days: data.days_counted, count: data.messages_seen ?? 0 })} actions={<RollbackButton />}>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data?.is_fallback && <p role="alert" className="mb-4 rounded-lg border border-bad bg-bad-ground p-3 text-bad">{t('rules.fallback')}</p>}
      {data && (
        <Card>
          <div className="flex flex-wrap gap-x-4">
            <Field type="search" label={t('rules.find')} boxClass="flex-1 basis-56" value={text} onChange={(event) => setQueryParams({ find: event.currentTarget.value })} />
            <Select label={t('rules.show')} boxClass="min-w-48" value={filter} onChange={(event) => setQueryParams({ show: event.currentTarget.value === 'all' ? undefined : event.currentTarget.value })}>
              {kFilters.map((each) => <option key={each} value={each}>{t(`rules.filter.${each}`)}</option>)}
            </Select>
          </div>
          <p role="status" className="mb-2 text-sm text-faint">{t('rules.count', { count: shown.length })}</p>
          <RuleTable rules={shown} onRollout={setRolledOut} />
        </Card>
      )}
      {rolledOut && data && <RolloutDialog rule={rolledOut} version={data.version} onClose={() => setRolledOut(null)} />}
    </RedactionPage>
  );
}
