// Names of what events and changes name by number.
import { useMemo } from 'react';
import { useWords } from '@/i18n';
import { eventWords, peopleIn, type Names } from './eventWords';
import { nameOf, usePeople } from './people';
import { useFields, useForms, useGroupPolicies, useGroups, usePolicies, useStatuses } from './queries';
import type { TicketEvent } from '@/screens/desk/types';

export function useNames(events: TicketEvent[]) {
  const t = useWords('ticket');
  const people = usePeople(peopleIn(events));
  const groups = useGroups().data;
  const statuses = useStatuses().data;
  const forms = useForms().data;
  const fields = useFields().data;
  const policies = usePolicies(events.some((each) => each.kind === 'sla_policy')).data;
  const groupPolicies = useGroupPolicies(events.some((each) => each.kind === 'group_sla_policy')).data;
  return useMemo(() => {
    const among = <T extends { id: number | string }>(list: T[] | undefined, id: string, word: (each: T) => string) => {
      const found = list?.find((each) => String(each.id) === id);
      return found ? word(found) : `#${id}`;
    };
    const names: Names = {
      person: (id) => nameOf(people, id, `#${id}`),
      group: (id) => among(groups, id, (each) => each.name),
      status: (id) => among(statuses, id, (each) => each.agent_label),
      form: (id) => among(forms, id, (each) => each.name),
      policy: (id) => among([...(policies ?? []), ...(groupPolicies ?? [])], id, (each) => each.title),
      field: (id) => among(fields, id, (each) => each.title),
    };
    return { names, people, words: (event: TicketEvent) => eventWords(event, names, t), who: (event: TicketEvent) => (event.author_id ? nameOf(people, event.author_id, '…') : 'Postern') };
  }, [people, groups, statuses, forms, fields, policies, groupPolicies, t]);
}
