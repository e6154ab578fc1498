// Who has a ticket open at this moment, in words by ticket, as far as the event stream has told it.
import { useMemo } from 'react';
import { usePresent, type PresenceSeen } from '@/app/live';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { nameOf, usePeople } from '../ticket/data/people';

export type Present = ReadonlyMap<string, PresenceSeen['others']>;
export type WhoIsThere = ReadonlyMap<string, string>;

export function useWhoIsThere(): WhoIsThere {
  const t = useWords('desk');
  const { can } = useSession();
  const present: Present = usePresent();
  const people = usePeople(can('users:read') ? [...present.values()].flatMap((each) => each.map((one) => one.user_id)) : []);
  return useMemo(() => new Map([...present].map(([ticket, others]) => [ticket, others.map((each) => t(each.state === 'typing' ? 'list.typing' : 'list.viewing', { name: nameOf(people, each.user_id, t('list.somebody')) })).join(', ')])), [present, people, t]);
}
