// What editors of triggers and automations have in common: names, conditions, actions.
import { useWords } from '@/i18n';
import { ActionBuilder } from '@/kit/actions/ActionBuilder';
import { PlaceholderHelp } from '@/kit/actions/PlaceholderHelp';
import { ConditionBuilder, type RuleKind } from '@/kit/conditions/ConditionBuilder';
import type { Definitions, Problems } from '@/kit/conditions/types';
import { Check, Field } from '@/kit/Field';
import { Card } from '@/kit/Page';
import type { RuleDraft } from './model';

interface FormProps { of: Exclude<RuleKind, 'view' | 'policy'>; draft: RuleDraft; definitions: Definitions; problems: Problems; mayChange: boolean; set: (change: Partial<RuleDraft>) => void }

export function RuleForm({ of, draft, definitions, problems, mayChange, set }: FormProps) {
  const t = useWords('rules');
  const plural = of === 'trigger' ? 'triggers' : 'automations';
  return (
    <fieldset disabled={!mayChange} className="min-w-0">
      <Card>
        <Field label={t('title')} required value={draft.title} error={problems.get('title')} onChange={(event) => set({ title: event.currentTarget.value })} />
        <Field label={t('description')} value={draft.description} error={problems.get('description')} onChange={(event) => set({ description: event.currentTarget.value })} />
        <Check label={t(`${plural}.active`)} hint={t(`${plural}.active_hint`)} checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
      </Card>
      <Card title={t(`${plural}.when`)}>
        <p className="mb-3 max-w-prose text-sm text-faint">{t(`${plural}.when_hint`)}</p>
        <ConditionBuilder of={of} rows={{ all: definitions.conditions_all, any: definitions.conditions_any }} value={draft.conditions} problems={problems} onChange={(conditions) => set({ conditions })} />
      </Card>
      <Card title={t(`${plural}.then`)}>
        <ActionBuilder rows={definitions.actions} value={draft.actions} problems={problems} onChange={(actions) => set({ actions })} />
        <p className="mt-2 max-w-prose text-sm text-faint">{t('mail_guard')}</p>
        <PlaceholderHelp />
      </Card>
    </fieldset>
  );
}
