// What a policy would have said of the newest tickets, before it says anything; nothing is stored.
import { useState } from 'react';
import { post, wordsOf } from '@/api/http';
import type { Schema } from '@/api/schema';
import { useWords } from '@/i18n';
import { minutesText, number } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Card } from '@/kit/Page';
import { bodyOf, type PolicyDraft } from './model';
import type { Side } from './sides';

type Answer = Schema<'SlaPreviewAnswer'>;
const kLast = 200;
const kShown = 20;

export function Trial({ side, id, draft }: { side: Side; id: number | string | null; draft: PolicyDraft }) {
  const t = useWords('sla');
  const [found, setFound] = useState<{ answer: Answer; of: string } | null>(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const now = JSON.stringify(draft);
  const look = async () => {
    setBusy(true);
    setProblem('');
    try {
      const answer = await post<Answer>(`${side.path}/preview`, { [side.name]: { ...bodyOf({ ...draft, title: draft.title || '–' }, side), ...(id ? { id } : {}) }, last: kLast });
      setFound({ answer, of: now });
    } catch (error) {
      setFound(null);
      setProblem(wordsOf(error));
    } finally { setBusy(false); }
  };
  const list = found?.answer.results ?? [];
  return (
    <Card title={t('trial.title')}>
      <p className="mb-2 max-w-prose text-sm text-faint">{t('trial.hint')}</p>
      <Button isBusy={isBusy} onClick={() => void look()}>{t('trial.look')}</Button>
      {problem && <p role="alert" className="mt-2 text-bad">{problem}</p>}
      {found && (
        <div className="mt-3">
          {found.of !== now && <p className="text-sm text-warn">{t('rules:dry.outdated')}</p>}
          <p role="status" className="font-semibold">{t('trial.found', { count: found.answer.count, amount: number(found.answer.count), looked: number(found.answer.tickets_looked_at), late: number(found.answer.tickets_breached) })}</p>
          <ul>
            {list.slice(0, kShown).map((each) => (
              <li key={String(each.ticket_id)} className="flex flex-wrap items-baseline gap-x-3 border-b border-line py-1">
                <a href={`#/tickets/${each.ticket_id}`} target="_blank" rel="noopener">#{String(each.ticket_id)}</a>
                <Badge tone={each.breached ? 'bad' : 'good'}>{t(each.breached ? 'trial.late' : 'trial.kept')}</Badge>
                <span className="min-w-0 flex-1 text-sm text-faint">{each.policy_metrics.map((one) => t('trial.used', { metric: t(`metric.${one.metric}`, { defaultValue: one.metric }), used: minutesText(one.used_in_minutes), target: minutesText(one.target_in_minutes) })).join(' · ')}</span>
                {each.overruled_by_id && <span className="text-sm text-faint">{t('trial.overruled')}</span>}
              </li>
            ))}
          </ul>
          {list.length > kShown && <p className="mt-1 text-sm text-faint">{t('trial.more', { count: list.length - kShown })}</p>}
        </div>
      )}
    </Card>
  );
}
