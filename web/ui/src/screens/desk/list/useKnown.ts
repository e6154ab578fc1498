// Everything a list needs to say its tickets in words; what no column shows is not asked for.
import { useMemo } from 'react';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { usePeople } from '../ticket/data/people';
import { useFields, useForms, useGroups, usePolicies } from '../ticket/data/queries';
import type { Known } from './columns';
import type { Feed } from './feed';
import { useInboxes, useStatusNames } from './people';
import type { Ticket } from '@/screens/desk/types';

const byId = <T extends { id: unknown }>(list: T[] | undefined) => new Map((list ?? []).map((each) => [String(each.id), each]));

export function useKnown(feed: Feed, rows: Ticket[], columns: readonly string[]): Known {
  const t = useWords('desk');
  const { can } = useSession();
  const needsGroups = useMemo(() => columns.includes('group') && feed.groups.size === 0 && rows.some((each) => each.group_id !== null), [columns, feed, rows]);
  const needsPolicies = useMemo(() => rows.some((each) => each.slas?.sla_policy_id != null), [rows]);
  const { data: groups } = useGroups(needsGroups);
  const { data: fields } = useFields(columns.some((each) => /^\d+$/.test(each)));
  const { data: forms } = useForms(columns.includes('ticket_form'));
  const { data: inboxes } = useInboxes(columns.includes('brand'));
  const { data: policies } = usePolicies(needsPolicies);
  const statuses = useStatusNames();
  // Lists that bring nobody along: the names of what is loaded, asked for together.
  const missing = useMemo(() => (can('users:read') && feed.people.size === 0 ? rows.flatMap((each) => [each.requester_id, each.assignee_id]).filter((id) => id != null && !feed.people.has(String(id))) : []), [rows, feed, can]);
  const people = usePeople(missing);
  const peopleKey = [...people.keys()].join();
  const statusKey = [...statuses.keys()].join();
  return useMemo<Known>(() => ({ t, feed, people, statuses, inboxes: byId(inboxes), fields: byId(fields), groups: byId(groups), forms: byId(forms), policies: byId(policies) }), [t, feed, peopleKey, statusKey, inboxes, fields, groups, forms, policies]);
}
