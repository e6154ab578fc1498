// Fields that some tickets have: when a task is due, which problem an incident belongs to, whose organisation.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get, sameId, type Id } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Field, Select } from '@/kit/Field';
import type { FieldProps } from './Properties';

// "2026-11-23T10:00" in the browser's zone, as the field wants it.
function localTime(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function DueDate({ ticket, save, problems, isFixed }: FieldProps) {
  const t = useWords('ticket');
  return <Field type="datetime-local" label={t('field.due')} value={ticket.due_at ? localTime(ticket.due_at) : ''} disabled={isFixed} error={problems.due_at} onChange={(event) => { const { value } = event.currentTarget; void save({ due_at: value ? new Date(value).toISOString() : null }); }} />;
}

export function ProblemField({ ticket, save, problems, isFixed }: FieldProps) {
  const t = useWords('ticket');
  const [text, setText] = useState<string | null>(null);
  const stored = ticket.problem_id ? String(ticket.problem_id) : '';
  const done = () => {
    if (text === null || text.replace(/^#/, '').trim() === stored) { setText(null); return; }
    void save({ problem_id: text.replace(/^#/, '').trim() || null }).then(() => setText(null));
  };
  return <Field label={t('field.problem')} hint={t('problem_hint')} value={text ?? stored} disabled={isFixed} error={problems.problem_id} inputMode="numeric" onInput={(event) => setText(event.currentTarget.value)} onBlur={done} onKeyDown={(event) => { if (event.key === 'Enter') done(); }} />;
}

// One of the requester's organisations; nothing to choose where he has none.
export function OrganizationField({ ticket, save, problems, isFixed, organizationName }: FieldProps & { organizationName?: string | null }) {
  const t = useWords('ticket');
  const { can } = useSession();
  const { data } = useQuery({ queryKey: ['organizations_of', String(ticket.requester_id)], enabled: can('users:read'), queryFn: async () => (await get(`/api/v2/users/${ticket.requester_id}/organizations`)).organizations });
  const list = data ?? [];
  if (list.length === 0 && !ticket.organization_id) return null;
  const has = (id: Id) => list.some((each) => sameId(each.id, id));
  return (
    <Select label={t('field.organization')} value={String(ticket.organization_id ?? '')} disabled={isFixed} error={problems.organization_id} onChange={(event) => void save({ organization_id: event.currentTarget.value || null })}>
      <option value="">{t('nothing')}</option>
      {ticket.organization_id && !has(ticket.organization_id) && <option value={String(ticket.organization_id)}>{organizationName ?? `#${ticket.organization_id}`}</option>}
      {list.map((each) => <option key={String(each.id)} value={String(each.id)}>{each.name}</option>)}
    </Select>
  );
}
