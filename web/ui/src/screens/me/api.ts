// The own account: what is asked, and what may be done.
import { useQuery } from '@tanstack/react-query';
import { del, get, post, put, query, type Id } from '@/api/http';
import type { Schema } from '@/api/schema';
import { queries } from '@/app/session';
import type { KeyOffer } from '@/screens/entry/ways';
import type { GivenKey } from '@/screens/entry/webauthn';

export type OwnSession = Schema<'Session'>;
export type Device = Schema<'Device'>;
export type SignIn = Schema<'SignInsAnswer'>['sign_ins'][number];
export type Token = Omit<Schema<'ApiToken'>, 'token'> & { token?: string }; // `token`: when it was made just now; scopes null: whatever the owner may
export interface TokenWish { description: string; expires_in_days: number; scopes?: string[]; read_only?: boolean; networks: string[] }
export type TotpOffer = Schema<'TotpOffer'>;
export interface Added { recovery_codes: string[] }

export const useTwoFactor = () => useQuery({ queryKey: ['two_factor'], queryFn: async ({ signal }) => (await get('/api/v2/two_factor', signal)).two_factor });
export const useSessions = () => useQuery({ queryKey: ['own_sessions'], queryFn: async ({ signal }) => (await get('/api/v2/sessions', signal)).sessions });
export const useDevices = () => useQuery({ queryKey: ['own_devices'], queryFn: async ({ signal }) => (await get('/api/v2/devices', signal)).devices });
export const useOwnTokens = () => useQuery({ queryKey: ['own_tokens'], queryFn: async ({ signal }) => (await get('/api/v2/api_tokens', signal)).api_tokens });

export interface SignInsPage { sign_ins: SignIn[]; meta: { has_more: boolean; after_cursor: string | null } }
export const signIns = (path: string, after: string, signal?: AbortSignal) => get<SignInsPage>(`${path}${query({ 'page[size]': 25, 'page[after]': after })}`, signal);

export const refresh = (...names: string[]) => Promise.all(names.map((name) => queries.invalidateQueries({ queryKey: [name] })));

export const offerTotp = async () => (await post('/api/v2/two_factor/totp')).totp;
export const confirmTotp = (code: string) => post('/api/v2/two_factor/totp/confirm', { code });
export const removeTotp = () => del('/api/v2/two_factor/totp');
export const offerPasskey = async () => (await post<{ public_key: KeyOffer }>('/api/v2/two_factor/passkeys/challenge')).public_key;
export const addPasskey = (name: string, credential: GivenKey) => post('/api/v2/two_factor/passkeys', { name, credential });
export const renamePasskey = (id: Id, name: string) => put(`/api/v2/two_factor/passkeys/${id}`, { name });
export const removePasskey = (id: Id) => del(`/api/v2/two_factor/passkeys/${id}`);
export const newRecoveryCodes = () => post('/api/v2/two_factor/recovery_codes');
export const offerPhone = async (number: string) => (await post('/api/v2/two_factor/phone', { number })).text_message;
export const confirmPhone = (code: string) => post('/api/v2/two_factor/phone/confirm', { code });
export const removePhone = () => del('/api/v2/two_factor/phone');

export const endSession = (id: Id) => del(`/api/v2/sessions/${id}`);
export const renameDevice = (id: Id, name: string) => put(`/api/v2/devices/${id}`, { name });
export const forgetDevice = (id: Id) => del(`/api/v2/devices/${id}`);
export const changePassword = (previous_password: string, password: string) => put('/api/v2/users/me/password', { previous_password, password });

export const makeToken = async (api_token: TokenWish) => (await post('/api/v2/api_tokens', { api_token })).api_token;
export const rotateToken = async (id: Id) => (await post(`/api/v2/api_tokens/${id}/rotate`)).api_token;
export const revokeToken = (id: Id) => del(`/api/v2/api_tokens/${id}`);
