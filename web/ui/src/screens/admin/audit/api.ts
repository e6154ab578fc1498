// The audit log and its chain of hashes.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get, post, type Id } from '@/api/http';
import { queryOf, type AuditFilter } from './filter';

export interface AuditChange { field: string; before: string; after: string }
export interface AuditEntry {
  id: Id; actor_id: Id | null; actor_name: string; action: string; action_label: string; source_label: string; source_type: string; source_id: Id | null; change_description: string; ip_address: string; created_at: string;
  method: string; role: string; credential_id: Id | null; device: string; request_id: string | null; outcome: 'ok' | 'denied' | 'failed'; changes: AuditChange[]; sequence: Id | null; hash: string | null;
}
export interface AuditPage { audit_logs: AuditEntry[]; meta: { has_more: boolean; after_cursor: string | null; is_cut: boolean } }
export interface Chain {
  sequence: number; hash: string; linked_at: string | null; waiting: number; is_verifying: boolean;
  verification: { at: string; is_intact: boolean; entries: number; sequence: number; hash: string; fault: { sequence: Id | null; id: Id | null; description: string } | null } | null;
}

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
  queryKey: ['audit_chain'], staleTime: 0, queryFn: async ({ signal }) => (await get<{ chain: Chain }>('/api/v2/audit_logs/chain', signal)).chain,
  refetchInterval: ({ state }) => (state.data?.is_verifying ? 1000 : false),
});
export const verifyChain = async () => (await post<{ chain: Chain }>('/api/v2/audit_logs/chain/verify')).chain;
