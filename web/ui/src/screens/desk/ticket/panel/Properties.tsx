// What a ticket is: every field is stored as it is chosen; the server's reason stands beside the field that it refuses.
import { useMemo } from 'react';
import { sameId, type Id } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Select } from '@/kit/Field';
import { kPriorities, kTypes } from '@/screens/desk/types';
import { useAgents, useForms, useGroups, useStatuses } from '../data/queries';
import { AllSlas } from '@/screens/desk/sla/Sla';
import type { CustomStatus, Ticket } from '@/screens/desk/types';
import type { SaveFields } from '../useSave';
import { CustomFields } from './CustomFields';
import { Hidden } from './Hidden';
import { People } from './People';
import { Satisfaction } from './Satisfaction';
import { Tags } from './Tags';
import { DueDate, OrganizationField, ProblemField } from './SmallFields';

export interface FieldProps { ticket: Ticket; save: SaveFields; problems: Record<string, string>; isFixed: boolean }

const kBuiltIn = ['new', 'open', 'pending', 'hold', 'solved'] as const;

// The statuses that can be chosen, in the order of their categories; a workspace without its own has the built-in ones.
function statusesOf(all: CustomStatus[] | undefined, ticket: Ticket) {
  const list = (all ?? []).filter((each) => each.active || sameId(each.id, ticket.custom_status_id));
  return list.filter((each) => each.status_category !== 'new' || ticket.status === 'new');
}

export function StatusField({ ticket, save, problems, isFixed }: FieldProps) {
  const t = useWords('ticket');
  const all = useStatuses().data;
  const list = statusesOf(all, ticket);
  const label = (each: CustomStatus) => (each.built_in ? t(`status.${each.status_category}`) : each.agent_label);
  const change = (value: string) => {
    const chosen = list.find((each) => String(each.id) === value);
    void save(chosen && !chosen.built_in ? { custom_status_id: chosen.id } : { status: chosen?.status_category ?? value });
  };
  return (
    <Select label={t('field.status')} value={list.length > 0 ? String(ticket.custom_status_id ?? ticket.status) : ticket.status} disabled={isFixed} error={problems.status ?? problems.custom_status_id} onChange={(event) => change(event.currentTarget.value)} data-field="status">
      {list.length > 0 ? list.map((each) => <option key={String(each.id)} value={String(each.id)}>{label(each)}</option>) : [...new Set([ticket.status, ...kBuiltIn])].map((each) => <option key={each} value={each}>{t(`status.${each}`)}</option>)}
      {ticket.status === 'closed' && <option value={String(ticket.custom_status_id)}>{t('status.closed')}</option>}
    </Select>
  );
}

function Assignment({ ticket, save, problems, isFixed }: FieldProps) {
  const t = useWords('ticket');
  const { me } = useSession();
  const agents = useAgents().data ?? [];
  const groups = useGroups().data ?? [];
  const group = groups.find((each) => sameId(each.id, ticket.group_id));
  const isIn = (id: Id) => !group?.user_ids?.length || group.user_ids.some((each) => sameId(each, id));
  const list = agents.filter((each) => each.active && (isIn(each.id) || sameId(each.id, ticket.assignee_id)));
  const isUnknown = ticket.assignee_id && !list.some((each) => sameId(each.id, ticket.assignee_id));
  return (
    <>
      <Select label={t('field.assignee')} value={String(ticket.assignee_id ?? '')} disabled={isFixed} error={problems.assignee_id} boxClass="mb-1!" onChange={(event) => void save({ assignee_id: event.currentTarget.value || null })} data-field="assignee">
        <option value="">{t('nobody')}</option>
        {isUnknown && <option value={String(ticket.assignee_id)}>#{String(ticket.assignee_id)}</option>}
        {list.map((each) => <option key={String(each.id)} value={String(each.id)}>{each.name || each.email}</option>)}
      </Select>
      {!isFixed && !sameId(ticket.assignee_id, me.id) && <Button look="quiet" className="mb-2 text-xs" onClick={() => void save({ assignee_id: me.id })}>{t('take_it')}</Button>}
      {groups.length > 0 && (
        <Select label={t('field.group')} value={String(ticket.group_id ?? '')} disabled={isFixed} error={problems.group_id} onChange={(event) => void save({ group_id: event.currentTarget.value || null })}>
          <option value="">{t('no_group')}</option>
          {groups.map((each) => <option key={String(each.id)} value={String(each.id)}>{each.name}</option>)}
        </Select>
      )}
    </>
  );
}

export function Properties(props: FieldProps & { organizationName: string | null }) {
  const t = useWords('ticket');
  const { ticket, save, problems, isFixed } = props;
  const forms = useForms().data;
  const active = useMemo(() => (forms ?? []).filter((each) => each.active || sameId(each.id, ticket.ticket_form_id)), [forms, ticket.ticket_form_id]);
  return (
    <div className="p-3">
      <AllSlas slas={ticket.slas} />
      <Satisfaction ticket={ticket} />
      <Hidden ticket={ticket.id} />
      <StatusField {...props} />
      <Assignment {...props} />
      <div className="grid grid-cols-2 gap-2">
        <Select label={t('field.priority')} value={ticket.priority ?? ''} disabled={isFixed} error={problems.priority} onChange={(event) => void save({ priority: event.currentTarget.value || null })}>
          <option value="">–</option>{kPriorities.map((each) => <option key={each} value={each}>{t(`priority.${each}`)}</option>)}
        </Select>
        <Select label={t('field.type')} value={ticket.type ?? ''} disabled={isFixed} error={problems.type} onChange={(event) => void save({ type: event.currentTarget.value || null })}>
          <option value="">–</option>{kTypes.map((each) => <option key={each} value={each}>{t(`type.${each}`)}</option>)}
        </Select>
      </div>
      {ticket.type === 'task' && <DueDate {...props} />}
      {ticket.type === 'incident' && <ProblemField {...props} />}
      <Tags {...props} />
      {active.length > 1 && (
        <Select label={t('field.form')} value={String(ticket.ticket_form_id ?? '')} disabled={isFixed} error={problems.ticket_form_id} onChange={(event) => void save({ ticket_form_id: event.currentTarget.value })}>
          {!ticket.ticket_form_id && <option value="">–</option>}
          {active.map((each) => <option key={String(each.id)} value={String(each.id)}>{each.name}</option>)}
        </Select>
      )}
      <CustomFields {...props} />
      <OrganizationField {...props} />
      <People {...props} />
    </div>
  );
}
