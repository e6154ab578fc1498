// How a rule works now: everywhere, or in some inboxes and otherwise elsewhere.
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import type { RuleMode, RuleSpec } from '../api';

const tones = { enforce: 'good', shadow: 'accent', off: 'plain' } as const;

export function ModeBadge({ mode }: { mode: RuleMode }) {
  const t = useWords('operate');
  return <Badge tone={tones[mode]}>{t(`mode.${mode}`)}</Badge>;
}

export function WhereItWorks({ rule }: { rule: RuleSpec }) {
  const t = useWords('operate');
  if (rule.inboxes.length === 0) return <ModeBadge mode={rule.mode} />;
  return (
    <span className="inline-flex flex-col gap-1">
      <span><ModeBadge mode={rule.mode} /> <span className="text-sm [overflow-wrap:anywhere]">{rule.inboxes.join(', ')}</span></span>
      <span><ModeBadge mode={rule.elsewhere} /> <span className="text-sm text-faint">{t('mode.elsewhere')}</span></span>
    </span>
  );
}
