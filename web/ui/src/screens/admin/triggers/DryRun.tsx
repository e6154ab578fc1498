// What the trigger or automation, as it stands in the editor, would do to the newest tickets. Nothing is stored or sent.
import { useState } from 'react';
import { ApiError, post, wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import type { Definitions } from '@/kit/conditions/types';
import { Select } from '@/kit/Field';
import { Card } from '@/kit/Page';
import type { Review, RuleDraft } from './model';
import { byTicket } from './reviews';
import { WouldDo } from './ReviewShown';

interface Run { tickets_looked_at: number; count: number; results: Review[] }
type Of = 'trigger' | 'automation';
const kSizes = [20, 50, 100];
const kShownStep = 20;

const ask = (of: Of, rule: { title: string } & Pick<RuleDraft, 'conditions' | 'actions'>, last: number): Promise<Run> =>
  of === 'trigger' ? post('/api/v2/triggers/dry_run', { trigger: rule, last }) : post('/api/v2/automations/dry_run', { automation: rule, last });

export function DryRun({ of = 'trigger', draft, definitions }: { of?: Of; draft: RuleDraft; definitions: Definitions }) {
  const t = useWords('rules');
  const [last, setLast] = useState('50');
  const [run, setRun] = useState<{ answer: Run; of: string } | null>(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [shown, setShown] = useState(kShownStep);
  const now = JSON.stringify([draft.conditions, draft.actions]);
  const found = run && byTicket(run.answer.results);
  const start = async () => {
    setBusy(true);
    setProblem('');
    try {
      const answer = await ask(of, { title: draft.title || 'dry run', conditions: draft.conditions, actions: draft.actions }, Number(last));
      setRun({ answer, of: now });
      setShown(kShownStep);
    } catch (error) {
      setRun(null);
      setProblem(error instanceof ApiError && error.status === 422 ? t('dry.refused', { words: error.words }) : wordsOf(error));
    } finally { setBusy(false); }
  };
  return (
    <Card title={t('dry.title')}>
      <p className="mb-2 max-w-prose text-sm text-faint">{t(of === 'trigger' ? 'dry.hint' : 'dry.hint_timed')}</p>
      <div className="flex flex-wrap items-center gap-2">
        <Select boxClass="mb-0!" label={t('dry.last')} isLabelHidden value={last} onChange={(event) => setLast(event.currentTarget.value)}>
          {kSizes.map((each) => <option key={each} value={each}>{t('dry.newest', { count: each })}</option>)}
        </Select>
        <Button isBusy={isBusy} onClick={() => void start()}>{t('dry.start')}</Button>
      </div>
      {problem && <p role="alert" className="mt-2 text-bad">{problem}</p>}
      {run && found && (
        <div className="mt-3">
          <p role="status" className="font-semibold">{t('dry.result', { count: found.tickets, looked: number(run.answer.tickets_looked_at) })}</p>
          {run.of !== now && <p className="text-sm text-warn">{t('dry.outdated')}</p>}
          <ul>
            {found.lines.slice(0, shown).map((each) => (
              <li key={`${each.ticket} ${each.as[0]}`} className="flex flex-wrap gap-x-4 border-b border-line py-1.5">
                <a className="w-16 shrink-0" href={`#/tickets/${each.ticket}`} target="_blank" rel="noopener">#{each.ticket}</a>
                {of === 'trigger' && <span className="w-28 shrink-0 text-sm text-faint">{each.as.map((as) => t(`explain.as_${as}`)).join(', ')}</span>}
                <div className="min-w-0 flex-1"><WouldDo review={each.review} definitions={definitions} /></div>
              </li>
            ))}
          </ul>
          {found.lines.length > shown && <Button className="mt-2" onClick={() => setShown(shown + kShownStep)}>{t('common:more')}</Button>}
        </div>
      )}
    </Card>
  );
}
