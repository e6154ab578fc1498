// What a trigger would do to one ticket, and which of its conditions hold.
import { useWords } from '@/i18n';
import { ChangeList } from '@/kit/actions/ChangeList';
import { actionOfWords, useActionWords } from '@/kit/actions/wording';
import type { Conditions, Definitions } from '@/kit/conditions/types';
import { useWording } from '@/kit/conditions/wording';
import { useRuleWords } from '@/kit/rules/useRuleWords';
import type { Review } from './model';

export function HeldConditions({ review, conditions, definitions }: { review: Review; conditions: Conditions; definitions: Definitions }) {
  const t = useWords('rules');
  const words = useWording();
  // The server answers in the order of the rule: first those of "all", then those of "any".
  const said = (list: 'all' | 'any') => review.conditions.filter((each) => each.list === list).map((each, at) => {
    const own = conditions[list][at];
    return { ...each, words: own ? words.sentence(own, definitions.conditions_all.find((row) => row.subject === own.field)) : each.condition };
  });
  const part = (list: 'all' | 'any') => said(list).length > 0 && (
    <div className="mt-2">
      <p className="text-sm font-semibold">{t(`conditions.${list}`)}</p>
      <ul>
        {said(list).map((each, at) => (
          <li key={at} className="flex items-start gap-2 py-0.5">
            <span aria-hidden className={`mt-0.5 inline-flex size-5 shrink-0 items-center justify-center rounded-full text-xs font-bold ${each.holds ? 'bg-good-ground text-good' : 'bg-bad-ground text-bad'}`}>{each.holds ? '✓' : '✗'}</span>
            <span><span className="sr-only">{t(each.holds ? 'holds' : 'holds_not')}{t('colon')} </span>{each.words}</span>
          </li>
        ))}
      </ul>
    </div>
  );
  return <>{part('all')}{part('any')}</>;
}

export function WouldDo({ review, definitions }: { review: Review; definitions: Definitions }) {
  const t = useWords('rules');
  const actionWords = useActionWords(definitions.actions);
  const say = useRuleWords(review.cannot_do);
  const notifications = review.would_do.map(actionOfWords).filter((each) => each.field.startsWith('notification_'));
  return (
    <div className="text-sm">
      {(review.changes.length > 0 || notifications.length + review.cannot_do.length === 0) && <ChangeList changes={review.changes} none={t('dry.no_change')} />}
      {review.note && <p className="mt-1 rounded border border-note-line bg-note px-2 py-1 whitespace-pre-wrap [overflow-wrap:anywhere]">{t('dry.note')} {review.note}</p>}
      {notifications.map((each, at) => <p key={at}>{actionWords(each)}</p>)}
      {review.cannot_do.map((each, at) => <p key={at} className="text-warn">{t('cannot', { what: say.action(each) })}</p>)}
    </div>
  );
}
