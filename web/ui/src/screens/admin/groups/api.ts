// Groups of agents and who is in them.
import { useQuery } from '@tanstack/react-query';
import { del, get, post, put, type Id } from '@/api/http';
import type { Schema } from '@/api/schema';
import { queries } from '@/app/session';

export type Group = Schema<'Group'>;
export type Membership = Schema<'GroupMembership'>;

interface Paged { meta?: { has_more: boolean }; links?: { next: string | null } }

// Every page of a list that people see whole.
async function allOf<T, Name extends string>(path: string, name: Name, signal?: AbortSignal): Promise<T[]> {
  const list: T[] = [];
  for (let next: string | null | undefined = path; next;) {
    const page: Paged & Record<Name, T[]> = await get<Paged & Record<Name, T[]>>(next, signal);
    list.push(...page[name]);
    next = page.meta?.has_more ? page.links?.next : null;
  }
  return list;
}

const kPage = '?page[size]=100';
export const useGroups = () => useQuery({ queryKey: ['admin', 'groups'], queryFn: ({ signal }) => allOf<Group, 'groups'>(`/api/v2/groups${kPage}`, 'groups', signal) });
export const useMembers = (group: Id) => useQuery({ queryKey: ['admin', 'groups', String(group), 'members'], queryFn: ({ signal }) => allOf<Membership, 'group_memberships'>(`/api/v2/groups/${group}/memberships${kPage}`, 'group_memberships', signal) });
export const useMembershipsOf = (user: Id) => useQuery({ queryKey: ['admin', 'groups', 'of', String(user)], queryFn: ({ signal }) => allOf<Membership, 'group_memberships'>(`/api/v2/users/${user}/group_memberships${kPage}`, 'group_memberships', signal) });

export const groupsChanged = () => queries.invalidateQueries({ queryKey: ['admin', 'groups'] });

export const makeGroup = (group: { name: string; description: string }) => post('/api/v2/groups', { group });
export const changeGroup = (id: Id, group: { name?: string; description?: string; default?: boolean }) => put(`/api/v2/groups/${id}`, { group });
export const deleteGroup = (id: Id) => del(`/api/v2/groups/${id}`);
export const join = (user_id: Id, group_id: Id) => post('/api/v2/group_memberships', { group_membership: { user_id, group_id } });
export const leave = (membership: Id) => del(`/api/v2/group_memberships/${membership}`);
export const makeOwnDefault = (user: Id, membership: Id) => put(`/api/v2/users/${user}/group_memberships/${membership}/make_default`);
