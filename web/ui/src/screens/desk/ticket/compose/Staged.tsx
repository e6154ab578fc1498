// What will be changed together with the reply.
import { sameId, type Id } from '@/api/http';
import { useWords, type Words } from '@/i18n';
import type { TicketChange } from '@/screens/desk/types';
import { useAgents, useFields, useGroups, useStatuses } from '../data/queries';
import { draftOf, editDraft } from './draftStore';

function useValueWords() {
  const t = useWords('ticket');
  const agents = useAgents().data;
  const groups = useGroups().data;
  const statuses = useStatuses().data;
  const fields = useFields().data;
  return (field: string, value: unknown): string => {
    if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return t('nothing');
    if (field === 'assignee_id') return agents?.find((each) => sameId(each.id, value as Id))?.name ?? `#${String(value)}`;
    if (field === 'group_id') return groups?.find((each) => sameId(each.id, value as Id))?.name ?? `#${String(value)}`;
    if (field === 'custom_status_id') return statuses?.find((each) => sameId(each.id, value as Id))?.agent_label ?? `#${String(value)}`;
    if (field === 'status' || field === 'priority' || field === 'type') return t(`${field}.${String(value)}`);
    if (field === 'custom_fields') return (value as { id: Id; value: unknown }[]).map((each) => `${fields?.find((one) => sameId(one.id, each.id))?.title ?? each.id}: ${String(each.value ?? t('nothing'))}`).join(', ');
    return Array.isArray(value) ? value.join(', ') : String(value);
  };
}

const label = (field: string, t: Words) => {
  if (field === 'custom_fields') return '';
  return t(`field.${field.replace(/_(id|at)$/, '').replace('ticket_form', 'form').replace(/^(additional|remove)_/, '')}`);
};
// What is added or taken away, rather than set.
const sign = (field: string) => (field === 'additional_tags' ? '+' : field === 'remove_tags' ? '−' : '→');

export function StagedWords({ staged }: { staged: TicketChange }) {
  const t = useWords('ticket');
  const words = useValueWords();
  return <ul className="text-sm">{Object.entries(staged).map(([field, value]) => <li key={field}><span className="text-faint">{label(field, t)}</span> {sign(field)} <strong className="font-medium">{words(field, value)}</strong></li>)}</ul>;
}

export function Staged({ ticket, staged, macros }: { ticket: Id; staged: TicketChange; macros: { id: Id; title: string }[] }) {
  const t = useWords('ticket');
  const words = useValueWords();
  const fields = Object.entries(staged);
  if (fields.length === 0 && macros.length === 0) return null;
  const remove = (field: string) => { const { [field]: _, ...rest } = draftOf(ticket).staged; editDraft(ticket, { staged: rest }); };
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 pb-2 text-sm">
      {fields.length > 0 && <span className="text-faint">{t('with_it')}</span>}
      {fields.map(([field, value]) => (
        <span key={field} className="inline-flex min-h-6 items-center gap-1 rounded-full border border-accent/40 bg-accent-ground pl-2">
          {label(field, t)} {sign(field)} <strong className="font-medium">{words(field, value)}</strong>
          <button type="button" aria-label={`${t('common:remove')} ${label(field, t)}`} onClick={() => remove(field)} className="size-6 rounded-full hover:bg-bad-ground hover:text-bad">×</button>
        </span>
      ))}
      {macros.length > 0 && <span className="text-faint">{t('macros_used', { titles: macros.map((each) => each.title.replaceAll('::', ' › ')).join(', ') })}</span>}
    </div>
  );
}
