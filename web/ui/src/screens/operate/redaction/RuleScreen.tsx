// One rule: what it finds by day and inbox, where, and what it says.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { wordsOf } from '@/api/http';
import { setQueryParams, useQueryParams } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { Select } from '@/kit/Field';
import { Card, Failed } from '@/kit/Page';
import { Plot } from '@/kit/Plot';
import { percent } from '@/kit/plot_data';
import { Table } from '@/kit/Table';
import { Wait } from '@/kit/Wait';
import { Figures } from '@/kit/Figures';
import { SpanChoice } from '@/kit/SpanChoice';
import { spanOf } from '@/kit/span';
import { inboxesQuery, rulesQuery, statsQuery, type Rule, type StatsAnswer } from '../api';
import { ruleText } from '../words';
import { ModeBadge, WhereItWorks } from './ModeBadge';
import { RedactionPage } from './RedactionPage';
import { RolloutDialog } from './RolloutDialog';

function Found({ stats, rule }: { stats: StatsAnswer; rule: string }) {
  const t = useWords('operate');
  const own = stats.rules.find((each) => each.rule === rule);
  const { days, series } = useMemo(() => ({
    days: stats.days.map((day) => day.date),
    series: [
      { label: t('rules.enforced'), tone: 'good' as const, values: stats.days.map((day) => day.enforced.messages) },
      { label: t('rules.in_shadow'), tone: 'accent' as const, pattern: 'hatched' as const, values: stats.days.map((day) => day.shadow.messages) },
    ],
  }), [stats, t]);
  return (
    <>
      <Figures list={[
        { name: t('stats.seen'), value: number(stats.messages_seen) }, { name: t('rules.hit_rate'), value: percent(own?.hit_rate ?? (stats.messages_seen ? 0 : null)) },
        { name: t('stats.enforced_in'), value: number(own?.enforced.messages ?? 0) }, { name: t('stats.shadow_in'), value: number(own?.shadow.messages ?? 0) },
        { name: t('rules.false_positives'), value: number(own?.false_positives ?? 0), tone: own?.false_positives ? 'warn' : undefined },
      ]} />
      <Card><Plot title={t('stats.plot')} kind="bars" days={days} series={series} /></Card>
      <Card title={t('stats.places')}>
        <Table caption={t('stats.places')} rows={(own?.places ?? []).map((each, at) => ({ ...each, at }))} rowKey={(row) => row.at} empty={t('stats.nothing')}
          columns={[
            { title: t('stats.place'), cell: (row) => <span className="[overflow-wrap:anywhere]">{row.where}</span> }, { title: t('stats.label'), cell: (row) => row.label || '–' },
            { title: t('stats.mode'), cell: (row) => <ModeBadge mode={row.mode} /> }, { title: t('stats.findings'), className: 'text-right tabular-nums', cell: (row) => number(row.findings) },
          ]} />
        {own && own.places_left_out > 0 && <p className="mt-2 text-faint">{t('stats.left_out', { count: own.places_left_out })}</p>}
      </Card>
    </>
  );
}

function Says({ rule }: { rule: Rule }) {
  const t = useWords('operate');
  const list = (values: string[]) => values.length > 0 && <ul className="m-0 list-none p-0">{values.map((each, at) => <li key={at}><code className="text-[0.85em] break-all whitespace-pre-wrap">{each}</code></li>)}</ul>;
  const rows: [string, unknown][] = [
    ['detector', rule.detector !== 'pattern' && rule.detector], ['patterns', list(rule.patterns)], ['validator', rule.validator], ['context', rule.context.length > 0 && rule.context.join(', ')], ['unless', rule.unless.length > 0 && rule.unless.join(', ')],
    ['applies_to', rule.applies_to.length > 0 ? rule.applies_to.join(', ') : t('says.everything')], ['action', rule.action === 'keep_ends' ? t('says.keep_ends', { first: rule.keep_first, last: rule.keep_last }) : t(`says.${rule.action}`, { defaultValue: rule.action })],
    ['on_match', rule.on_match !== 'accept' && t(`says.on_match_${rule.on_match}`, { defaultValue: rule.on_match })], ['tags', rule.tags.length > 0 && rule.tags.join(', ')], ['matches', list(rule.matches)], ['ignores', list(rule.ignores)],
  ];
  return (
    <Card title={t('says.title')}>
      <dl className="grid gap-x-4 gap-y-2 sm:grid-cols-[12rem_1fr]">
        {rows.filter(([, value]) => value).map(([name, value]) => [<dt key={name} className="text-faint">{t(`says.field.${name}`)}</dt>, <dd key={`${name}=`} className="m-0 min-w-0 [overflow-wrap:anywhere]">{value as string}</dd>])}
      </dl>
    </Card>
  );
}

export default function RuleScreen({ params }: ScreenProps) {
  const t = useWords('operate');
  const id = params.rule ?? '';
  const address = useQueryParams();
  const inbox = address.get('inbox') ?? '';
  const [isRolling, setRolling] = useState(false);
  const rules = useQuery(rulesQuery);
  const inboxes = useQuery(inboxesQuery).data ?? [];
  const stats = useQuery(statsQuery({ ...spanOf(address, 7), rule: id, inbox_id: inbox || undefined }));
  const rule = rules.data?.redaction_rules.find((each) => each.id === id);
  const problem = rules.error ?? stats.error;
  return (
    <RedactionPage title={id} intro={rule && <><span>{ruleText(t, rule)}</span><span className="mt-2 block"><WhereItWorks rule={rule} /></span></>} actions={rule && !rule.is_locked && <Button look="main" onClick={() => setRolling(true)}>{t('rollout.open')}</Button>}>
      {problem && <Failed words={wordsOf(problem)} onAgain={() => { void rules.refetch(); void stats.refetch(); }} again={t('common:again')} />}
      {rules.data && !rule && <Card><p className="p-4 text-center">{t('rules.gone', { rule: id })}</p></Card>}
      <div className="flex flex-wrap gap-x-4">
        <Select label={t('stats.inbox')} boxClass="min-w-52" value={inbox} onChange={(event) => setQueryParams({ inbox: event.currentTarget.value })}><option value="">{t('stats.all_inboxes')}</option>{inboxes.map((each) => <option key={String(each.id)} value={String(each.id)}>{each.address}</option>)}</Select>
        <SpanChoice usual={7} />
      </div>
      {stats.data ? <Found stats={stats.data} rule={id} /> : !problem && <Wait />}
      {rule && <Says rule={rule} />}
      {isRolling && rule && rules.data && <RolloutDialog rule={rule} version={rules.data.version} onClose={() => setRolling(false)} />}
    </RedactionPage>
  );
}
