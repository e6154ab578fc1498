// Every version of the rules: who made it and why, what it changed, and a way back to it.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { wordsOf } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { go, useQueryParams } from '@/app/place';
import { useWords } from '@/i18n';
import { bytes } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Card, Failed } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { Wait } from '@/kit/Wait';
import { queries, useSession } from '@/app/session';
import { changed, peopleQuery, setsQuery, type RuleSet, type RuleSetsAnswer } from '../api';
import { draftQuery, editVersion, isChanged } from '../editor/draft';
import { forgetRules } from '../redaction/live_counts';
import { RedactionPage } from '../redaction/RedactionPage';
import { RollbackButton } from '../redaction/RollbackButton';
import { isOutdated } from '../redaction/trouble';
import { Compare } from './Compare';

const kShipped: RuleSet = { number: 0, active: false, author_id: null, note: '', based_on: 0, size: 0, created_at: null };

function Actions({ set, active }: { set: RuleSet; active: number }) {
  const t = useWords('operate');
  const [isBusy, setBusy] = useState(false);
  const name = set.number === 0 ? t('versions.shipped') : t('versions.number', { number: set.number });
  const edit = async () => {
    const draft = queries.getQueryData(draftQuery.queryKey);
    if (draft && isChanged(draft) && !(await confirmed({ title: t('editor.discard_title'), text: t('editor.discard_text'), action: t('editor.discard'), isDangerous: true }))) return;
    try { await editVersion(set.number); go('/operate/redaction/editor'); } catch (problem) { failure(problem); }
  };
  const activate = async () => {
    if (!(await confirmed({ title: t('activate.title', { name }), text: t('activate.text', { active }), action: t('activate.do') }))) return;
    setBusy(true);
    try {
      await changed('POST', `/api/v2/redaction_rule_sets/${set.number}/activate`, active);
      notice(t('activate.done', { name }));
    } catch (problem) {
      if (isOutdated(problem)) notice(t('conflict.short'), { kind: 'failed' });
      else failure(problem);
    }
    setBusy(false);
    void forgetRules();
  };
  return (
    <span className="flex flex-wrap gap-1">
      {set.number !== active && <Button aria-label={t('compare.what', { name })} onClick={() => go(`/operate/redaction/versions?from=${set.number}&to=${active}`)}>{t('compare.open')}</Button>}
      {set.number > 0 && <Button aria-label={t('versions.edit_what', { name })} onClick={() => void edit()}>{t('versions.edit')}</Button>}
      {set.number !== active && <Button isBusy={isBusy} aria-label={t('activate.what', { name })} onClick={() => void activate()}>{t('activate.open')}</Button>}
    </span>
  );
}

function List({ sets }: { sets: RuleSetsAnswer }) {
  const t = useWords('operate');
  const rows = [...sets.redaction_rule_sets, { ...kShipped, active: sets.active === 0 }];
  const people = useQuery(peopleQuery([...new Set(rows.flatMap((each) => (each.author_id === null ? [] : [String(each.author_id)])))].sort())).data;
  return (
    <Card title={t('redaction.versions')}>
      <Table caption={t('redaction.versions')} rows={rows} rowKey={(row) => row.number}
        columns={[
          { title: t('versions.version'), cell: (row) => <span className="whitespace-nowrap"><strong>{row.number === 0 ? t('versions.shipped') : row.number}</strong>{row.active && <> <Badge tone="good">{t('versions.active')}</Badge></>}{sets.rolls_back_to === row.number && !row.active && <> <Badge>{t('versions.before')}</Badge></>}</span> },
          { title: t('versions.made'), className: 'whitespace-nowrap', cell: (row) => (row.created_at ? <Time at={row.created_at} /> : '–') },
          { title: t('versions.by'), cell: (row) => people?.get(String(row.author_id)) ?? '–' },
          { title: t('versions.note'), className: 'min-w-40', cell: (row) => <span className="[overflow-wrap:anywhere]">{row.note || '–'}</span> },
          { title: t('versions.size'), className: 'text-right whitespace-nowrap', cell: (row) => (row.number ? bytes(row.size) : '–') },
          { title: t('common:actions'), isTitleHidden: true, className: 'min-w-[19rem]', cell: (row) => <Actions set={row} active={sets.active} /> },
        ]} />
    </Card>
  );
}

export default function Versions() {
  const t = useWords('operate');
  const params = useQueryParams();
  const { can } = useSession();
  const { data, error, refetch } = useQuery(setsQuery);
  const numbers = data ? [...data.redaction_rule_sets.map((each) => each.number), 0] : [];
  const number = (name: string, usual: number) => { const value = Number(params.get(name) ?? usual); return numbers.includes(value) ? value : usual; };
  return (
    <RedactionPage intro={<>{t('versions.intro')}{can('audit:read') && <> <a href="#/audit?action=rules.">{t('versions.audit')}</a></>}</>} actions={<RollbackButton />}>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!data && !error && <Wait />}
      {data && <List sets={data} />}
      {data && numbers.length > 1 && <Compare numbers={numbers} active={data.active} from={number('from', data.rolls_back_to ?? 0)} to={number('to', data.active)} />}
    </RedactionPage>
  );
}
