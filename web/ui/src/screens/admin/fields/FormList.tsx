import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { RuleRows } from '@/kit/editor/RuleRows';
import type { TicketForm } from './model';
import { useDefined } from './useDefined';

export function FormList({ mayChange }: { mayChange: boolean }) {
  const t = useWords('fields');
  const { all, turn, move, wait } = useDefined<TicketForm>('ticket_forms', 'ticket_form', (each) => each.name);
  if (wait) return wait;
  if (all.length === 0) return <section className="rounded-xl border border-line bg-paper p-6"><h2>{t('forms.none')}</h2><p className="mt-2 max-w-prose text-faint">{t('forms.example')}</p></section>;
  return <RuleRows<TicketForm> label={t('forms.title')} items={all} titleOf={(each) => each.name} isOn={(each) => each.active} href={(each) => `#/admin/forms/${each.id}`} mayChange={() => mayChange} canSort={mayChange}
    line={(form) => <>{t('fields_count', { count: form.ticket_field_ids.length })} {form.default && <Badge tone="accent">{t('default')}</Badge>} {form.end_user_visible && <Badge>{t('visible')}</Badge>}</>}
    onMove={(next) => move([], next)} onTurn={(form, on) => void turn(form, on)} />;
}
