// Words for people, groups, inboxes and statuses in the lists.
import { useQuery } from '@tanstack/react-query';
import { get } from '@/api/http';
import type { Schema } from '@/api/schema';
import { useSession } from '@/app/session';
import { useStatuses } from '../ticket/data/queries';
import type { CustomStatus } from '@/screens/desk/types';

export type Inbox = Schema<'Inbox'>;

// Asked only of who may read them: an answer of 403 is no news.
export function useInboxes(isWanted = true) {
  const { can } = useSession();
  return useQuery({ queryKey: ['inboxes'], staleTime: 300_000, enabled: isWanted && can('users:read'), queryFn: async () => (await get('/api/v2/inboxes')).inboxes });
}

// Statuses of the workspace by id; built-in ones are said in the page's language.
export function useStatusNames(): ReadonlyMap<string, CustomStatus> {
  const { data } = useStatuses();
  return new Map((data ?? []).filter((each) => !each.built_in).map((each) => [String(each.id), each]));
}
