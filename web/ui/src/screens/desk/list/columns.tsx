// Columns of ticket lists: their titles, widths and cells. A view names some of them; which are shown can be changed.
import type { ReactNode } from 'react';
import { date, dateTime } from '@/i18n/dates';
import type { Words } from '@/i18n';
import { Time } from '@/kit/Time';
import type { Id } from '@/api/http';
import type { CustomStatus, TicketField } from '@/screens/desk/types';
import type { Feed } from './feed';
import { nextOf } from '../sla/clock';
import { NextSla } from '../sla/Sla';
import { StatusBadge } from './StatusBadge';
import type { Inbox } from './people';
import type { Person, Ticket } from '@/screens/desk/types';

export interface Known { t: Words; feed: Feed; people: ReadonlyMap<string, Person>; statuses: ReadonlyMap<string, CustomStatus>; inboxes: ReadonlyMap<string, Inbox>; fields: ReadonlyMap<string, TicketField>; groups: ReadonlyMap<string, { name: string }>; forms: ReadonlyMap<string, { name: string }>; policies: ReadonlyMap<string, { title: string }> }
export interface Column { id: string; title: string; width: string; min: number; sort?: string; text: (ticket: Ticket) => string; cell?: (ticket: Ticket) => ReactNode }

// In the order in which they are offered. Times that the API does not tell of a single ticket are not among them.
export const kColumnIds = ['nice_id', 'status', 'priority', 'type', 'requester', 'assignee', 'group', 'organization', 'brand', 'ticket_form', 'tags', 'created', 'updated', 'due_date', 'submitter', 'satisfaction_score', 'sla_next_breach_at', 'sla_policy'];
export const kUsualColumns = ['nice_id', 'status', 'subject', 'requester', 'assignee', 'updated'];
export const kPersonColumns = ['nice_id', 'status', 'subject', 'assignee', 'updated']; // where the requester is known
const kSortable = new Set(['nice_id', 'status', 'priority', 'type', 'created', 'updated', 'due_date', 'sla_next_breach_at', 'sla_policy']);
const kWidths: Record<string, [string, number]> = {
  nice_id: ['6.25rem', 6.25], status: ['8rem', 8], custom_status_id: ['8rem', 8], priority: ['6rem', 6], type: ['6.5rem', 6.5], created: ['8rem', 8], updated: ['8rem', 8], due_date: ['8rem', 8], tags: ['minmax(8rem,14rem)', 8], satisfaction_score: ['6rem', 6], sla_next_breach_at: ['10rem', 9],
};

const kTimes: Record<string, keyof Ticket> = { created: 'created_at', updated: 'updated_at', due_date: 'due_at' };
const kPeople: Record<string, keyof Ticket> = { requester: 'requester_id', assignee: 'assignee_id', submitter: 'submitter_id' };

export function personName(known: Known, id: Id | null | undefined): string {
  if (id == null) return '';
  const person = known.feed.people.get(String(id)) ?? known.people.get(String(id));
  return person ? person.name || person.email : ''; // not asked for yet, or not to be known
}

const nameIn = (names: ReadonlyMap<string, { name: string }>, id: Id | null) => (id == null ? '' : (names.get(String(id))?.name ?? `#${id}`));

function customText(known: Known, ticket: Ticket, id: string): string {
  const value = ticket.custom_fields.find((each) => String(each.id) === id)?.value;
  const options = known.fields.get(id)?.custom_field_options ?? [];
  const word = (one: unknown) => options.find((each) => each.value === one)?.name ?? String(one);
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return known.t(value ? 'common:yes' : 'common:no');
  return Array.isArray(value) ? value.map(word).join(', ') : word(value);
}

// The text of a column; also what a group of a grouped view is called.
export function textOf(known: Known, ticket: Ticket, id: string): string {
  const { t } = known;
  if (id in kPeople) return personName(known, ticket[kPeople[id]!] as Id | null);
  if (id in kTimes) { const at = ticket[kTimes[id]!] as string | null; return at ? date(at) : ''; }
  switch (id) {
    case 'nice_id': return `#${ticket.id}`;
    case 'subject': return ticket.subject || t('no_subject');
    case 'status': case 'custom_status_id': return known.statuses.get(String(ticket.custom_status_id))?.agent_label ?? t(`status.${ticket.status}`);
    case 'priority': return ticket.priority ? t(`priority.${ticket.priority}`) : '';
    case 'type': return ticket.type ? t(`type.${ticket.type}`) : '';
    case 'group': return nameIn(known.groups.size > 0 ? known.groups : known.feed.groups, ticket.group_id);
    case 'organization': return nameIn(known.feed.organizations, ticket.organization_id);
    case 'brand': { const inbox = known.inboxes.get(String(ticket.inbox_id)); return inbox ? inbox.name || inbox.address : ''; }
    case 'ticket_form': return ticket.ticket_form_id == null ? '' : nameIn(known.forms, ticket.ticket_form_id);
    case 'tags': return ticket.tags.join(', ');
    case 'satisfaction_score': return ticket.satisfaction_rating && ticket.satisfaction_rating.score !== 'unoffered' ? t(`satisfaction.${ticket.satisfaction_rating.score}`, { defaultValue: ticket.satisfaction_rating.score }) : '';
    case 'sla_policy': { const policy = ticket.slas?.sla_policy_id; return policy == null ? '' : (known.policies.get(String(policy))?.title ?? `#${policy}`); }
    case 'sla_next_breach_at': { const at = nextOf(ticket.slas)?.breach_at; return at ? dateTime(at) : ''; }
    default: return customText(known, ticket, id);
  }
}

const kPriorityTone: Record<string, string> = { urgent: 'font-semibold text-bad', high: 'font-semibold text-warn', low: 'text-faint' };

function cellOf(known: Known, id: string): Column['cell'] {
  if (id === 'status' || id === 'custom_status_id') return (ticket) => <StatusBadge status={ticket.status} label={known.statuses.get(String(ticket.custom_status_id))?.agent_label} />;
  if (id === 'sla_next_breach_at') return (ticket) => <NextSla slas={ticket.slas} />;
  if (id in kTimes) return (ticket) => { const at = ticket[kTimes[id]!] as string | null; return at ? <Time at={at} /> : null; };
  if (id === 'priority') return (ticket) => <span className={kPriorityTone[ticket.priority ?? ''] ?? ''}>{textOf(known, ticket, id)}</span>;
  return undefined;
}

export function columnOf(known: Known, id: string): Column {
  const [width, min] = kWidths[id] ?? (id === 'subject' ? ['minmax(14rem,3fr)', 14] : ['minmax(7rem,1fr)', 7]);
  const field = known.fields.get(id);
  const title = field ? field.title : known.t(`column.${id}`);
  return { id, title, width, min, sort: kSortable.has(id) ? id : undefined, text: (ticket) => textOf(known, ticket, id), cell: cellOf(known, id) };
}
