// Starts a replay: which rules to try, beside which others, over which stored mail.
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { post, wordsOf } from '@/api/http';
import { go, useQueryParams } from '@/app/place';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Field, Select } from '@/kit/Field';
import { Card } from '@/kit/Page';
import { lastDays } from '@/kit/span';
import { setsQuery } from '../api';
import { isChanged, useDraft } from '../editor/draft';
import { lineProblems } from '../redaction/trouble';
import { queries } from '@/app/session';
import { kDraft, kInForce, sideName, sidesOf } from './sides';

const kMessages = [1_000, 10_000, 100_000];

export function ReplayForm() {
  const t = useWords('operate');
  const params = useQueryParams();
  const sets = useQuery(setsQuery).data;
  const { draft } = useDraft();
  const hasDraft = Boolean(draft && isChanged(draft));
  const numbers = [...(sets?.redaction_rule_sets ?? []).map((each) => each.number), 0];
  const [chosen, setChosen] = useState(params.get('try') ?? '');
  const what = chosen === kDraft ? (hasDraft ? kDraft : String(sets?.active ?? 0)) : chosen || (hasDraft ? kDraft : String(sets?.active ?? 0));
  const [other, setOther] = useState(params.get('against') ?? kInForce);
  const against = other === kDraft && !hasDraft ? kInForce : other;
  const [span, setSpan] = useState(lastDays(30));
  const [messages, setMessages] = useState(10_000);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const start = async (event: FormEvent) => {
    event.preventDefault();
    if (span.from > span.to) { setProblem(t('replay.dates_swapped')); return; }
    setBusy(true);
    setProblem('');
    try {
      const { redaction_replay: made } = await post('/api/v2/redaction_replays', { redaction_replay: { ...sidesOf(what, against, draft?.document ?? ''), ...span, messages } }, { key: crypto.randomUUID() });
      void queries.invalidateQueries({ queryKey: ['redaction', 'replays'] });
      go(`/operate/redaction/replays/${made.id}`);
    } catch (wrong) {
      setProblem(lineProblems(wrong) ? t('replay.broken_draft') : wordsOf(wrong));
      setBusy(false);
    }
  };
  const choices = (
    <>
      {hasDraft && <option value={kDraft}>{t('replay.draft')}</option>}
      {numbers.map((each) => <option key={each} value={String(each)}>{sideName(t, each)}{each === sets?.active ? ` (${t('versions.active')})` : ''}</option>)}
    </>
  );
  return (
    <Card title={t('replay.new')}>
      <form onSubmit={(event) => void start(event)}>
        <div className="grid gap-x-4 sm:grid-cols-2 lg:grid-cols-5">
          <Select label={t('replay.what')} value={what} onChange={(event) => setChosen(event.currentTarget.value)}>
            {choices}
          </Select>
          <Select label={t('replay.against')} value={against} onChange={(event) => setOther(event.currentTarget.value)}>
            <option value={kInForce}>{t('replay.in_force')}</option>
            {choices}
          </Select>
          <Field label={t('common:span.from')} type="date" required value={span.from} onChange={(event) => setSpan({ ...span, from: event.currentTarget.value })} />
          <Field label={t('common:span.to')} type="date" required value={span.to} onChange={(event) => setSpan({ ...span, to: event.currentTarget.value })} />
          <Select label={t('replay.most')} value={String(messages)} onChange={(event) => setMessages(Number(event.currentTarget.value))}>{kMessages.map((each) => <option key={each} value={String(each)}>{t('replay.messages', { count: each })}</option>)}</Select>
        </div>
        {problem && <p role="alert" className="mb-3 text-bad">{problem}</p>}
        <Button look="main" type="submit" isBusy={isBusy} disabled={!sets}>{t('replay.start')}</Button>
      </form>
    </Card>
  );
}
