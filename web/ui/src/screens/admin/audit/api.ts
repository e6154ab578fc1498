// The audit log and its chain of hashes.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get, post } from '@/api/http';
import type { Schema } from '@/api/schema';
import { queryOf, type AuditFilter } from './filter';

export type AuditEntry = Omit<Schema<'AuditLog'>, 'outcome'> & { outcome: 'ok' | 'denied' | 'failed' };
export type AuditChange = Schema<'AuditChange'>;
export interface AuditPage { audit_logs: AuditEntry[]; meta: Schema<'AuditPageMeta'> }
export type Chain = Schema<'AuditChain'>;

const kPageSize = 50;

export function useAuditLog(filter: AuditFilter) {
  const query = queryOf(filter).toString();
  return useInfiniteQuery({
    queryKey: ['audit', query], initialPageParam: '', staleTime: 0, retry: false,
    queryFn: ({ pageParam, signal }) => get<AuditPage>(`/api/v2/audit_logs?${query}${query && '&'}page[size]=${kPageSize}${pageParam && `&page[after]=${pageParam}`}`, signal),
    getNextPageParam: (last) => (last.meta.has_more ? last.meta.after_cursor : null),
  });
}

export const exportPath = (filter: AuditFilter, format: 'csv' | 'jsonl') => { const query = queryOf(filter); query.append('format', format); return `/api/v2/audit_logs/export?${query}`; };

export const useChain = () => useQuery({
  queryKey: ['audit_chain'], staleTime: 0, queryFn: async ({ signal }) => (await get('/api/v2/audit_logs/chain', signal)).chain,
  refetchInterval: ({ state }) => (state.data?.is_verifying ? 1000 : false),
});
export const verifyChain = async () => (await post('/api/v2/audit_logs/chain/verify')).chain;
