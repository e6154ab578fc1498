// A trigger or an automation in a list: what it asks and does in a sentence, and how often it fired.
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { useActionWords } from '@/kit/actions/wording';
import type { Definitions } from '@/kit/conditions/types';
import { useWording } from '@/kit/conditions/wording';
import type { Rule } from './model';

export function RuleLine({ rule, definitions }: { rule: Rule; definitions: Definitions | undefined }) {
  const t = useWords('rules');
  const words = useWording();
  const actionWords = useActionWords(definitions?.actions ?? []);
  if (!definitions) return <>{rule.description}</>;
  const conditions = [...rule.conditions.all, ...rule.conditions.any].map((each) => words.sentence(each, definitions.conditions_all.find((row) => row.subject === each.field)));
  return <>{t('when_then', { when: conditions.slice(0, 3).join(' · ') + (conditions.length > 3 ? ' …' : '') || t('always'), then: rule.actions.slice(0, 3).map(actionWords).join(' · ') + (rule.actions.length > 3 ? ' …' : '') })}</>;
}

export function RuleSide({ rule }: { rule: Rule }) {
  const t = useWords('rules');
  return <>{rule.active && t('fired_week', { count: rule.usage_7d ?? 0 })}{(rule.loops ?? 0) > 0 && <div><Badge tone="bad">{t('loops', { count: rule.loops })}</Badge></div>}</>;
}
