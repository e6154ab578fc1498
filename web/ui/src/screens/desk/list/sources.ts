// Where lists of tickets come from, as pages by cursor.
import { get, query, type Id } from '@/api/http';
import type { FeedPage, Source } from './feed';
import type { TicketPage } from '@/screens/desk/types';

const kPageSize = 100;

const pageOf = (answer: TicketPage): FeedPage => ({
  rows: answer.tickets, people: answer.users, groups: answer.groups, organizations: answer.organizations,
  after: answer.meta.after_cursor ?? '', hasMore: answer.meta.has_more, count: answer.count, building: answer.building ?? null,
});

// People and organisations come along only for those who may read them; others get no answer at all.
const includeFor = (mayRead: boolean) => (mayRead ? 'users,groups,organizations,slas' : 'slas');
const source = (key: string, path: string, fields: Record<string, string | undefined>, include?: string): Source => ({
  key: key + query(fields),
  load: async (after) => pageOf(await get<TicketPage>(path + query({ ...fields, include, 'page[size]': kPageSize, 'page[after]': after }))),
});

export const ticketsSource = (filter: { status?: string; isMine?: boolean; isFromEnd?: boolean }, mayRead: boolean) =>
  source('tickets', '/api/v2/tickets', { sort: filter.isFromEnd ? 'updated_at' : undefined, status: filter.status || undefined, assignee_id: filter.isMine ? 'me' : undefined }, includeFor(mayRead));
export const viewSource = (id: Id, sort: { by?: string; order?: string; isFromEnd?: boolean }, mayRead: boolean) =>
  source(`view ${id}`, `/api/v2/views/${id}/tickets`, { reverse: sort.isFromEnd && !sort.by ? 'true' : undefined, sort_by: sort.by || undefined, sort_order: sort.by ? sort.order || 'asc' : undefined }, includeFor(mayRead));
// The three of a person and the one of an organisation bring nobody along: their names are asked for beside.
export const personSource = (id: Id, kind: 'requested' | 'assigned' | 'ccd') => source(`person ${id} ${kind}`, `/api/v2/users/${id}/tickets/${kind}`, {});
export const organizationSource = (id: Id) => source(`organization ${id}`, `/api/v2/organizations/${id}/tickets`, {});
