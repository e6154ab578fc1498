// Views and how many tickets each has. Counts are asked for again when something has happened, not by the clock.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { get, type Id } from '@/api/http';
import type { Schema } from '@/api/schema';
import { ticketsOf, useLive, type FeedEntry } from '@/app/live';
import { queries, useSession } from '@/app/session';
import { together } from '@/app/together';
import type { Words } from '@/i18n';
import type { View } from '@/screens/desk/types';

const kAtOnce = 100;
const kTogetherMs = 400;
const kBuildingMs = 2000;
export type ViewCount = Pick<Schema<'ViewCount'>, 'view_id' | 'value'> & { building?: number };

async function allViews(): Promise<View[]> {
  const list: View[] = [];
  let next: string | null = '/api/v2/views/active?page%5Bsize%5D=100';
  while (next) {
    const page: { views: View[]; links: { next: string | null } } = await get<{ views: View[]; links: { next: string | null } }>(next);
    list.push(...page.views);
    next = page.links.next;
  }
  return list;
}

export function useViews() {
  const { can } = useSession();
  return useQuery({ queryKey: ['views', 'active'], queryFn: allViews, enabled: can('tickets:read'), staleTime: 60_000 });
}

export function useView(id: Id) {
  const all = useViews();
  const known = all.data?.find((each) => String(each.id) === String(id));
  const alone = useQuery({ queryKey: ['views', String(id)], enabled: all.isFetched && !known, queryFn: async () => (await get<{ view: View }>(`/api/v2/views/${id}`)).view });
  return { view: known ?? alone.data, problem: known ? null : alone.error };
}

async function countsOf(ids: string[]): Promise<Map<string, ViewCount>> {
  const out = new Map<string, ViewCount>();
  for (let at = 0; at < ids.length; at += kAtOnce) {
    const { view_counts } = await get(`/api/v2/views/count_many?ids=${ids.slice(at, at + kAtOnce).join(',')}`);
    for (const each of view_counts) out.set(String(each.view_id), each);
  }
  return out;
}

// Refetches what begins with `key` when tickets change; a burst is one question, and no question is put off or called back by the next
// news. Only while it is shown: such queries have a staleTime of 0, so that they ask again when they come back.
export function useRefetchOnChange(key: readonly unknown[], about: (entry: FeedEntry) => boolean = (entry) => ticketsOf(entry).length > 0) {
  const news = useMemo(() => together(() => queries.invalidateQueries({ queryKey: key }), kTogetherMs), [key]);
  useEffect(() => () => { news.stop(); }, [news]);
  useLive(useCallback((entry: FeedEntry) => { if (entry.isResync || about(entry)) news.tell(); }, [news, about]));
}

const kCountsKey = ['view_counts'] as const;
export function useViewCounts(ids: string[]): ReadonlyMap<string, ViewCount> {
  useRefetchOnChange(kCountsKey);
  const { data } = useQuery({ queryKey: [...kCountsKey, ids.join()], staleTime: 0, enabled: ids.length > 0, queryFn: () => countsOf(ids), placeholderData: (was) => was,
    refetchInterval: ({ state }) => ([...(state.data?.values() ?? [])].some((each) => each.building !== undefined) ? kBuildingMs : false) });
  return data ?? new Map();
}

export interface TicketCount { value: number; by_status: Record<string, number>; has_more?: boolean }
const kTicketCountKey = ['tickets', 'count'] as const;
export function useTicketCount() {
  useRefetchOnChange(kTicketCountKey);
  return useQuery({ queryKey: kTicketCountKey, staleTime: 0, queryFn: async () => (await get<{ count: TicketCount }>('/api/v2/tickets/count')).count });
}

// The views that every workspace begins with are said in the page's language, until somebody gives them a name.
const kUsual: Record<string, string> = {
  'Your unsolved tickets': 'yours', 'Unassigned tickets': 'unassigned', 'All unsolved tickets': 'unsolved', 'Recently updated tickets': 'updated', 'New tickets in your groups': 'new_in_groups', 'Pending tickets': 'pending', 'Recently solved tickets': 'solved',
};
export const viewTitle = (t: Words, view: Pick<View, 'title'> & { default?: boolean }) => (view.default && kUsual[view.title] ? t(`view.${kUsual[view.title]}`) : view.title);
