// Own fields in their order; those that every ticket has stand above and cannot be changed.
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { RuleRows } from '@/kit/editor/RuleRows';
import type { TicketField } from './model';
import { useDefined } from './useDefined';

export function FieldList({ mayChange }: { mayChange: boolean }) {
  const t = useWords('fields');
  const { all, turn, move, wait } = useDefined<TicketField>('ticket_fields', 'ticket_field', (each) => each.title);
  if (wait) return wait;
  const fixed = all.filter((each) => !each.removable);
  const own = all.filter((each) => each.removable);
  const line = (field: TicketField) => (
    <>
      {t(`type.${field.type}`)}{field.custom_field_options && ` · ${t('options_count', { count: field.custom_field_options.length })}`}{' '}
      {field.required && <Badge tone="accent">{t('required')}</Badge>} {field.visible_in_portal && <Badge>{t('visible')}</Badge>} {field.agent_description && <span className="block">{field.agent_description}</span>}
    </>
  );
  return (
    <>
      {own.length === 0 ? <section className="mb-4 rounded-xl border border-line bg-paper p-6"><h2>{t('fields.none')}</h2><p className="mt-2 max-w-prose text-faint">{t('fields.example')}</p></section>
        : <RuleRows<TicketField> label={t('fields.title')} items={own} titleOf={(each) => each.title} isOn={(each) => each.active} href={(each) => `#/admin/fields/${each.id}`} mayChange={() => mayChange} canSort={mayChange}
            line={line} onMove={(next) => move(fixed, next)} onTurn={(field, on) => void turn(field, on)} />}
      <h2 className="mb-1">{t('built_in')}</h2>
      <p className="text-sm text-faint">{fixed.map((each) => t(`built_in_field.${each.type}`, { defaultValue: each.title })).join(' · ')}</p>
    </>
  );
}
