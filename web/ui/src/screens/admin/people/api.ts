// People who work here, their roles and inboxes, and what may be done to an account.
import { useQuery } from '@tanstack/react-query';
import { del, get, post, put, type Id } from '@/api/http';
import type { Schema } from '@/api/schema';
import { queries, useSession } from '@/app/session';

export type Person = Schema<'User'>; // inbox_ids null: all of them
export type Role = Pick<Schema<'CustomRole'>, 'id' | 'name' | 'description' | 'permissions' | 'built_in'>;
export type Roles = Schema<'CustomRolesAnswer'>;
export type Inbox = Schema<'Inbox'>;
export type Inboxes = Schema<'InboxesAnswer'>;
export type Missing = Schema<'MissingFactor'>;
export interface OneTimeLink { token: string; path: string }

export const usePeople = () => useQuery({ queryKey: ['admin', 'people'], queryFn: async ({ signal }) => (await get('/api/v2/users?role=agent', signal)).users });
export const usePerson = (id: Id) => useQuery({ queryKey: ['admin', 'people', String(id)], queryFn: async ({ signal }) => (await get(`/api/v2/users/${id}`, signal)).user });
export const useRoles = () => useQuery({ queryKey: ['admin', 'roles'], queryFn: ({ signal }) => get('/api/v2/custom_roles', signal) });
export const useInboxes = () => useQuery({ queryKey: ['admin', 'inboxes'], queryFn: ({ signal }) => get('/api/v2/inboxes', signal) });

// Of whom a second factor is demanded and who has none, by the id of the person; nothing for who may not know.
export function useMissing() {
  const { can } = useSession();
  return useQuery({
    queryKey: ['admin', 'missing_factors'], enabled: can('security:manage'),
    queryFn: async ({ signal }) => (await get('/api/v2/security_policy/missing', signal)).missing,
  });
}

export const peopleChanged = () => Promise.all([queries.invalidateQueries({ queryKey: ['admin', 'people'] }), queries.invalidateQueries({ queryKey: ['admin', 'missing_factors'] })]);

export interface Invitation { email: string; name?: string; role: string; custom_role_id?: Id }
export const invite = (user: Invitation) => post<{ user: Person; enrolment: OneTimeLink }>('/api/v2/users', { user });
export const giveRole = (id: Id, user: { role: string; custom_role_id?: Id }) => put(`/api/v2/users/${id}/role`, { user });
export const giveInboxes = (id: Id, inbox_ids: Id[] | null) => put(`/api/v2/users/${id}/inboxes`, { user: { inbox_ids } });
export const suspend = (id: Id, suspended: boolean) => put(`/api/v2/users/${id}`, { user: { suspended } });
export const unlock = (id: Id) => post(`/api/v2/users/${id}/unlock`);
export const endSessionsOf = (id: Id) => del(`/api/v2/users/${id}/sessions`);
export const resetFactors = (id: Id) => del(`/api/v2/users/${id}/two_factor`);
export const passwordLink = async (id: Id) => (await post<{ enrolment: OneTimeLink }>(`/api/v2/users/${id}/password_link`)).enrolment;
export const linkText = (link: OneTimeLink) => `${location.origin}${link.path}`;
