import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get, query, type Id } from '@/api/http';
import { language } from '@/i18n';
import { allPages } from '@/kit/editor/allPages';
import type { Span } from '@/kit/span';
import type { Ticket } from '@/screens/desk/types';
import { secondsOf, type Figures, type Rating, type Rule, type Score } from './model';

interface Page { satisfaction_ratings: Rating[]; meta: { has_more: boolean; after_cursor: string | null } }
const kPage = 50;

// In the order in which they were asked for.
export const useRatings = (score: Score, span: Span) => useInfiniteQuery({
  queryKey: ['ratings', score, span], initialPageParam: '', staleTime: 0,
  queryFn: ({ pageParam, signal }) => get<Page>(`/api/v2/satisfaction_ratings${query({ score, ...secondsOf(span), 'page[size]': kPage, 'page[after]': pageParam })}`, signal),
  getNextPageParam: (last) => (last.meta.has_more ? last.meta.after_cursor : null),
});

export const useFigures = (by: 'all' | 'assignee' | 'group') => useQuery({ queryKey: ['rating_figures', by], staleTime: 0, queryFn: async ({ signal }) => (await get<{ figures: Figures[] }>(`/api/v2/satisfaction_ratings/figures?by=${by}`, signal)).figures });

export function useReasons(): ReadonlyMap<string, string> {
  const { data } = useQuery({ queryKey: ['rating_reasons'], staleTime: Infinity, queryFn: async ({ signal }) => (await get('/api/v2/satisfaction_reasons', signal)).reasons });
  return new Map((data ?? []).map((each) => [String(each.reason_code), language() === 'fr' ? each.translations.fr : each.value]));
}

// Subjects of the tickets that ratings are of; those that one may not see are left out.
export function useSubjects(ids: Id[]): ReadonlyMap<string, string> {
  const all = [...new Set(ids.map(String))];
  const { data } = useQuery({
    queryKey: ['rating_subjects', all.join()], enabled: all.length > 0, placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const found = new Map<string, string>();
      for (let at = 0; at < all.length; at += 100) for (const each of (await get<{ tickets: Ticket[] }>(`/api/v2/tickets/show_many?ids=${all.slice(at, at + 100).join(',')}`, signal)).tickets) found.set(String(each.id), each.subject);
      return found;
    },
  });
  return data ?? new Map();
}

export type Kind = 'automations' | 'triggers';
export const useRules = (kind: Kind) => useQuery({ queryKey: ['defined', kind], staleTime: 5_000, queryFn: ({ signal }) => allPages<Rule>(`/api/v2/${kind}`, kind, signal) });
