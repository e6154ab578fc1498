// What guards the workspace: policies, networks, support access, the security contact, the checklist.
import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@/api/schema';
import { ApiError, del, get, post, put, query, type Id } from '@/api/http';
import { queries, useSession } from '@/app/session';

export type CheckState = 'good' | 'warning' | 'bad' | 'unknown';
export type Check = Omit<Schema<'SecurityCheck'>, 'state'> & { state: CheckState };
export interface Checklist { score: number; checks: Check[] }

export type FactorPolicy = Schema<'SecondFactorPolicy'>;
export type SecurityPolicy = Schema<'SecurityPolicy'>;

export type Level = 'recommended' | 'low' | 'medium' | 'high' | 'custom';
export type Audience = 'agents' | 'end_users';
export type PasswordPolicy = Schema<'PasswordPolicy'>;
export type PasswordPolicies = Record<Audience, PasswordPolicy>;

export interface NetworkRules { allowed: string[]; end_users_too: boolean }
export type Block = Schema<'NetworkBlock'>;
export interface Feed { url: string; holds_for: 'mail' | 'web'; networks: number; fetched_at: string | null; problem: string | null }
export type Grant = Schema<'SupportAccess'>;
export type Contact = Schema<'SecurityContact'>;

export const useChecklist = () => useQuery({ queryKey: ['security', 'checklist'], staleTime: 0, queryFn: async ({ signal }) => (await get<{ security_checklist: Checklist }>('/api/v2/security_checklist', signal)).security_checklist });
export const useSecurityPolicy = () => useQuery({ queryKey: ['security', 'policy'], queryFn: async ({ signal }) => (await get('/api/v2/security_policy', signal)).security_policy });
export const usePasswordPolicies = () => useQuery({ queryKey: ['security', 'passwords'], queryFn: async ({ signal }) => (await get('/api/v2/password_policies', signal)).password_policies });
export const useNetworkRules = () => useQuery({ queryKey: ['security', 'networks'], queryFn: ({ signal }) => get('/api/v2/network_rules', signal) });
export const useBlocks = () => useQuery({ queryKey: ['security', 'blocks'], queryFn: ({ signal }) => get('/api/v2/network_blocks', signal), retry: false });
export const useAllTokens = () => useQuery({ queryKey: ['security', 'tokens'], queryFn: async ({ signal }) => (await get('/api/v2/api_tokens/all', signal)).api_tokens });
export const useContact = () => useQuery({ queryKey: ['security', 'contact'], queryFn: async ({ signal }) => (await get('/api/v2/security_contact', signal)).security_contact });

// For everybody who reads tickets; whoever is limited to inboxes is refused, and there is nothing to show then.
export function useSupport() {
  const { can } = useSession();
  return useQuery({ queryKey: ['security', 'support'], enabled: can('tickets:read'), retry: false, queryFn: async ({ signal }) => (await get('/api/v2/support_access', signal)).support_access });
}

export const securityChanged = (name: string) => queries.invalidateQueries({ queryKey: ['security', name] });

export const saveSecurityPolicy = (revision: number, second_factor: Partial<FactorPolicy>, confirm_lockout: boolean) => put('/api/v2/security_policy', { security_policy: { revision, second_factor, confirm_lockout } });
export const savePasswordPolicy = (audience: Audience, policy: Partial<PasswordPolicy>, confirm_weaker: boolean) => put('/api/v2/password_policies', { password_policies: { [audience]: policy, confirm_weaker } });
export const saveNetworkRules = (rules: NetworkRules, confirm_lockout: boolean) => put('/api/v2/network_rules', { network_rules: { ...rules, confirm_lockout } });
export const addBlock = (network_block: { network: string; reason: string; hours: number | null; confirm_lockout: boolean }) => post('/api/v2/network_blocks', { network_block });
export const removeBlock = (network: string) => del(`/api/v2/network_blocks${query({ network })}`);
export const grantSupport = (support_access: { email: string; name: string; reason: string; role: string; hours: number }) => post('/api/v2/support_access', { support_access });
export const endSupport = (id: Id) => del(`/api/v2/support_access/${id}`);
export const saveContact = async (email: string) => (await put('/api/v2/security_contact', { security_contact: { email: email || null } })).security_contact;
export const signEverybodyOut = () => del('/api/v2/workspace/sessions');
export const wipeWorkspace = (name: string) => post('/api/v2/workspace/wipe', { workspace: { name } });

// The server wants to hear that something is meant; what it says about it.
export function confirmationNeeded(problem: unknown): string | null {
  if (!(problem instanceof ApiError)) return null;
  for (const list of Object.values(problem.problem.details ?? {})) for (const each of list) if (each.error === 'ConfirmationNeeded') return each.description;
  return null;
}
