// Mail that was held back: what the server tells of it, and what can be done.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { del, get, post, put, query, type Id } from '@/api/http';
import type { FeedEntry } from '@/app/live';
import { queries, useSession } from '@/app/session';
import type { Redaction, Verdicts } from '@/screens/desk/types';
import { useRefetchOnChange } from '../list/views';

export interface Held {
  id: string;
  subject: string;
  author: { id: Id | null; email: string };
  recipient: string | null;
  cause: string;
  score: number;
  verdicts: Verdicts;
  redactions: Redaction[];
  created_at: string;
}
export interface HeldText extends Held { content: string; content_truncated: boolean; attachments: { file_name: string; content_type: string; size: number; replaced: boolean }[] }
interface HeldPage { suspended_tickets: Held[]; meta: { has_more: boolean; after_cursor: string | null } }

// Held back, recovered and deleted mail; a recovered one may be told as its new ticket only.
export const isAboutMail = (entry: FeedEntry) => entry.isResync === true || entry.changes.some((each) => /^(mail\.|ticket\.created)/.test(each.kind));

const kPage = 50;
const kListKey = ['suspended', 'list'] as const;
const kCountKey = ['suspended', 'count'] as const;
const kAllKey = ['suspended'] as const;

export function useHeld() {
  useRefetchOnChange(kListKey, isAboutMail);
  return useInfiniteQuery({
    queryKey: kListKey, staleTime: 0, initialPageParam: '',
    queryFn: ({ pageParam }) => get<HeldPage>(`/api/v2/suspended_tickets${query({ 'page[size]': kPage, 'page[after]': pageParam })}`),
    getNextPageParam: (last: HeldPage) => (last.meta.has_more ? last.meta.after_cursor : null),
  });
}

export function useHeldCount() {
  const { can } = useSession();
  useRefetchOnChange(kCountKey, isAboutMail);
  return useQuery({ queryKey: kCountKey, staleTime: 0, enabled: can('tickets:write'), queryFn: async () => (await get<{ count: { value: number; has_more: boolean } }>('/api/v2/suspended_tickets/count')).count });
}

export const useHeldText = (id: string, isWanted: boolean) =>
  useQuery({ queryKey: ['suspended_text', id], enabled: isWanted, staleTime: Infinity, queryFn: async () => (await get<{ suspended_ticket: HeldText }>(`/api/v2/suspended_tickets/${id}`)).suspended_ticket });

export const again = () => queries.invalidateQueries({ queryKey: kAllKey });
export const recover = async (id: string) => (await put<{ ticket: { id: Id } }>(`/api/v2/suspended_tickets/${id}/recover`)).ticket;
export const remove = (id: string) => del(`/api/v2/suspended_tickets/${id}`);
// Mail of a suspended end user waits here, whatever its score.
export const holdSender = (email: string, suspended: boolean) => post('/api/v2/users/create_or_update', { user: { email, suspended } });
