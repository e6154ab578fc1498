// Whom the desk always lets in or keeps out, how long held mail waits, and the daily mail about it.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { del, get, post, put, query, type Id } from '@/api/http';
import type { Schema } from '@/api/schema';
import { queries } from '@/app/session';

export type Sender = Schema<'SenderList'>;
export type SenderList = Sender['list'];

export const useSenders = (list: '' | SenderList) => useInfiniteQuery({
  queryKey: ['senders', list], initialPageParam: '', staleTime: 0,
  queryFn: ({ pageParam, signal }) => get(`/api/v2/sender_lists${query({ 'filter[list]': list, 'page[size]': 100, 'page[after]': pageParam })}`, signal),
  getNextPageParam: (last: { meta: { has_more: boolean; after_cursor: string | null } }) => (last.meta.has_more ? last.meta.after_cursor : null),
});
export const sendersChanged = () => queries.invalidateQueries({ queryKey: ['senders'] });
export const addSender = (sender_list: { pattern: string; list: SenderList; note: string }) => post('/api/v2/sender_lists', { sender_list });
export const moveSender = (id: Id, list: SenderList) => put(`/api/v2/sender_lists/${id}`, { sender_list: { list } });
export const removeSender = (id: Id) => del(`/api/v2/sender_lists/${id}`);
// Of a held message: the person in its From, or his domain.
export const listSenderOf = (held: string, list: SenderList, scope: 'address' | 'domain') => post(`/api/v2/suspended_tickets/${held}/sender`, { list, scope });

export const settingsKey = ['suspended_settings'] as const;
export const useSettings = () => useQuery({ queryKey: settingsKey, queryFn: async ({ signal }) => (await get('/api/v2/suspended_tickets/settings', signal)).suspended_settings });
export const saveDays = (retention_days: number | null) => put('/api/v2/suspended_tickets/settings', { suspended_settings: { retention_days } });
export const saveDigest = (wanted: boolean) => put('/api/v2/suspended_tickets/digest', { suspended_digest: { wanted } });
