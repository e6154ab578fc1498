// What ids in rules stand for: groups, statuses, forms, inboxes, fields of the workspace, and the people that are named.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get, type Id } from '@/api/http';
import { allPages } from '@/kit/editor/allPages';
import { customIdOf, type CustomField, type Kind } from './kinds';
import type { Choice } from './types';

export interface Known {
  fields: CustomField[];
  groups: Choice[];
  statuses: Choice[];
  forms: Choice[];
  inboxes: Choice[];
  policies: Choice[];
  groupPolicies: Choice[];
  fieldTitle: (subject: string) => string | undefined;
  options: (subject: string) => Choice[];
  title: (kind: Kind, subject: string, value: string) => string | undefined;
}

interface Named { id: Id; name?: string; title?: string; agent_label?: string; active?: boolean }
const asChoices = (list: Named[] | undefined, name: 'name' | 'agent_label'): Choice[] => (list ?? []).map((each) => ({ value: String(each.id), title: each[name] ?? '', enabled: each.active !== false }));
const stays = { staleTime: 60_000 } as const;

export function useKnown(): Known {
  const fields = useQuery({ queryKey: ['known', 'ticket_fields'], queryFn: ({ signal }) => get('/api/v2/ticket_fields', signal), ...stays });
  const groups = useQuery({ queryKey: ['known', 'groups'], queryFn: ({ signal }) => allPages<Named>('/api/v2/groups', 'groups', signal), ...stays });
  const statuses = useQuery({ queryKey: ['known', 'custom_statuses'], queryFn: ({ signal }) => get('/api/v2/custom_statuses', signal), ...stays });
  const forms = useQuery({ queryKey: ['known', 'ticket_forms'], queryFn: ({ signal }) => get('/api/v2/ticket_forms', signal), ...stays });
  const inboxes = useQuery({ queryKey: ['known', 'inboxes'], queryFn: ({ signal }) => get('/api/v2/inboxes', signal), ...stays });
  const policies = useQuery({ queryKey: ['known', 'sla_policies'], queryFn: ({ signal }) => allPages<Named>('/api/v2/slas/policies', 'sla_policies', signal), ...stays, retry: false });
  const groupPolicies = useQuery({ queryKey: ['known', 'group_sla_policies'], queryFn: ({ signal }) => allPages<Named>('/api/v2/group_slas/policies', 'group_sla_policies', signal), ...stays, retry: false });
  return useMemo(() => {
    const all = fields.data?.ticket_fields ?? [];
    const lists = {
      group: asChoices(groups.data, 'name'), status: asChoices(statuses.data?.custom_statuses, 'agent_label'), form: asChoices(forms.data?.ticket_forms, 'name'),
      inbox: (inboxes.data?.inboxes ?? []).map((each) => ({ value: String(each.id), title: each.name || each.address })),
      policy: (policies.data ?? []).map((each) => ({ value: String(each.id), title: each.title ?? '' })),
      group_policy: (groupPolicies.data ?? []).map((each) => ({ value: String(each.id), title: each.title ?? '' })),
    };
    const fieldOf = (subject: string) => all.find((each) => String(each.id) === customIdOf(subject));
    const options = (subject: string) => (fieldOf(subject)?.custom_field_options ?? []).map((each) => ({ value: each.value, title: each.name }));
    return {
      fields: all, groups: lists.group, statuses: lists.status, forms: lists.form, inboxes: lists.inbox, policies: lists.policy, groupPolicies: lists.group_policy, options,
      fieldTitle: (subject) => fieldOf(subject)?.title,
      title: (kind, subject, value) => {
        const list = kind === 'option' ? options(subject) : kind in lists ? lists[kind as keyof typeof lists] : [];
        return list.find((each) => each.value === value)?.title;
      },
    };
  }, [fields.data, groups.data, statuses.data, forms.data, inboxes.data, policies.data, groupPolicies.data]);
}

interface Person { id: Id; name: string; email: string | null }
const isNumber = (id: string) => /^\d+$/.test(id);

// Names of the people or organisations of these ids.
export function useNames(of: 'users' | 'organizations', ids: string[]): (id: string) => string | undefined {
  const wanted = [...new Set(ids.filter(isNumber))].sort();
  const found = useQuery({
    queryKey: ['known', of, wanted.join()], enabled: wanted.length > 0, ...stays,
    queryFn: ({ signal }) => get<Record<string, Person[]>>(`/api/v2/${of}/show_many?ids=${wanted.slice(0, 100).join(',')}`, signal),
  });
  return (id) => found.data?.[of]?.find((each) => String(each.id) === id)?.name;
}
export async function findPeople(words: string, isAgentsOnly = false): Promise<Choice[]> {
  const path = words.trim() ? `/api/v2/users/autocomplete?name=${encodeURIComponent(words.trim())}` : '/api/v2/users?page[size]=25&role[]=agent&role[]=admin';
  const { users } = await get<{ users: (Person & { role: string })[] }>(path);
  return users.filter((each) => !isAgentsOnly || each.role !== 'end-user').slice(0, 25).map((each) => ({ value: String(each.id), title: each.email && each.email !== each.name ? `${each.name} <${each.email}>` : each.name }));
}
export async function findOrganizations(words: string): Promise<Choice[]> {
  const path = words.trim() ? `/api/v2/organizations/autocomplete?name=${encodeURIComponent(words.trim())}` : '/api/v2/organizations?page[size]=25';
  const { organizations } = await get<{ organizations: Person[] }>(path);
  return organizations.slice(0, 25).map((each) => ({ value: String(each.id), title: each.name }));
}
export async function findTags(words: string): Promise<Choice[]> {
  if (words.trim().length < 2) return []; // the API asks for two letters
  const { tags } = await get(`/api/v2/autocomplete/tags?name=${encodeURIComponent(words.trim())}`);
  return tags.slice(0, 20).map((each) => ({ value: each, title: each }));
}
