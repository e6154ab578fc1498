// End users and their organisations.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get, query, type Id } from '@/api/http';
import { queries } from '@/app/session';
import { keepPeople } from '../ticket/data/people';
import type { PageMeta, Person } from '@/screens/desk/types';

const kPage = 100;
const kPeopleKey = ['customers'] as const;
const kOrganizationsKey = ['organizations'] as const;

// A page may be short, or empty, and still say that there is more: the server looks at a bounded number of people.
export const useCustomers = (search: string) => useInfiniteQuery({
  queryKey: [...kPeopleKey, search], initialPageParam: '',
  queryFn: async ({ pageParam }) => {
    const page = search
      ? { ...(await get(`/api/v2/users/search${query({ query: search })}`)), meta: { has_more: false, after_cursor: null } }
      : await get(`/api/v2/users${query({ role: 'end-user', 'page[size]': kPage, 'page[after]': pageParam })}`);
    keepPeople(page.users);
    return page;
  },
  getNextPageParam: (last: { meta: PageMeta }) => (last.meta.has_more ? last.meta.after_cursor : null),
});

export const useOrganizations = (search: string) => useInfiniteQuery({
  queryKey: [...kOrganizationsKey, search], initialPageParam: '',
  queryFn: async ({ pageParam }) => (search
    ? { ...(await get(`/api/v2/organizations/autocomplete${query({ name: search })}`)), meta: { has_more: false, after_cursor: null } }
    : await get(`/api/v2/organizations${query({ 'page[size]': kPage, 'page[after]': pageParam })}`)),
  getNextPageParam: (last: { meta: PageMeta }) => (last.meta.has_more ? last.meta.after_cursor : null),
});

export const useCustomer = (id: Id) => useQuery({ queryKey: ['customer', String(id)], queryFn: async () => (await get(`/api/v2/users/${id}`)).user });
export const useRelated = (id: Id) => useQuery({ queryKey: ['customer', String(id), 'related'], queryFn: async () => (await get(`/api/v2/users/${id}/related`)).user_related });
export const useOrganizationsOf = (id: Id) => useQuery({ queryKey: ['customer', String(id), 'organizations'], queryFn: async () => (await get(`/api/v2/users/${id}/organizations`)).organizations });
export const useOrganization = (id: Id) => useQuery({ queryKey: ['organization', String(id)], queryFn: async () => (await get(`/api/v2/organizations/${id}`)).organization });
// The server puts people in by their domain behind the answer that made the organisation.
const kFillingMs = 2000;
interface MembersPage { users: Person[]; meta: PageMeta }
export const useMembers = (id: Id) => useInfiniteQuery({
  queryKey: ['organization', String(id), 'members'], initialPageParam: '',
  refetchInterval: ({ state }) => (state.data?.pages.every((each) => each.users.length === 0) ? kFillingMs : false),
  queryFn: ({ pageParam }) => get(`/api/v2/organizations/${id}/users${query({ 'page[size]': kPage, 'page[after]': pageParam })}`),
  getNextPageParam: (last: MembersPage) => (last.meta.has_more ? last.meta.after_cursor : null),
});

export async function refreshCustomer(id: Id) {
  await Promise.all([queries.invalidateQueries({ queryKey: ['customer', String(id)] }), queries.invalidateQueries({ queryKey: kPeopleKey }), queries.invalidateQueries({ queryKey: ['person', String(id)] })]);
}
export async function refreshOrganizations(id?: Id) {
  await Promise.all([queries.invalidateQueries({ queryKey: kOrganizationsKey }), queries.invalidateQueries({ queryKey: ['organization', String(id ?? '')] })]);
}
export const lines = (text: string) => text.split(/[\s,;]+/).map((each) => each.trim()).filter(Boolean);
