import { useInfiniteQuery } from '@tanstack/react-query';
import { get, query as queryText, type Id } from '@/api/http';
import { useSession } from '@/app/session';
import { keepPeople } from '../ticket/data/people';
import { patient } from '../list/feed';
import type { Person, Ticket } from '@/screens/desk/types';

// Where the piece of text stands that was found; of an attachment its name, or its text.
export interface HighlightSource { type: 'subject' | 'comment' | 'attachment'; comment_id?: Id | null; file_name?: string | null; part?: 'name' | 'text' | null }
export interface Found extends Ticket { highlights: string | null; highlight_source?: HighlightSource | null }

// Opens the ticket where it was found.
export const placeOf = (found: Found): string => `/tickets/${found.id}${found.highlight_source?.comment_id ? `?comment=${found.highlight_source.comment_id}` : ''}`;
export interface SearchPage { results: Found[]; count: number; approximate: boolean; next_page: string | null; users?: Person[]; indexing?: { done: number; total: number } }
export interface Sort { by: string; order: string }

const kPage = 100;

export function useSearch(query: string, sort: Sort) {
  const { can } = useSession();
  return useInfiniteQuery({
    queryKey: ['search', query, sort.by, sort.order], enabled: query !== '', staleTime: 0, initialPageParam: 1, retry: false,
    queryFn: async ({ pageParam, signal }) => {
      const page = await patient(() => get<SearchPage>(`/api/v2/search${queryText({ query, sort_by: sort.by, sort_order: sort.by ? sort.order : '', page: pageParam, per_page: kPage, include: can('users:read') ? 'users' : '' })}`, signal));
      keepPeople(page.users ?? []);
      return page;
    },
    getNextPageParam: (last: SearchPage, _all, page: number) => (last.next_page ? page + 1 : null),
  });
}
