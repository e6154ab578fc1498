// The calls of signing in and of proving again that it is you.
import { post, request } from '@/api/http';
import type { Schema } from '@/api/schema';
import { entering, type SessionAnswer } from '@/app/session';
import type { CreateOptions, GetOptions, GivenKey } from './webauthn';

export type Method = 'totp' | 'security_key' | 'recovery_code' | 'text_message' | 'password';
export interface PendingSignIn { token: string; expires_at: string; methods: Method[]; may_remember_device: boolean; text_message_to?: string }
export type SignInAnswer = SessionAnswer | { sign_in: PendingSignIn };

// What is shown of one who is there; one of them at a time.
export interface Proof { code?: string; recovery_code?: string; text_code?: string; password?: string; credential?: GivenKey; remember_device?: boolean }

const ask = async (path: string, json: unknown) => entering(await post<SessionAnswer & { sign_in?: PendingSignIn }>(path, json, { isSignIn: true }));

export const isPending = (answer: SignInAnswer): answer is { sign_in: PendingSignIn } => 'sign_in' in answer && Boolean(answer.sign_in);

export const signIn = (email: string, password: string): Promise<SignInAnswer> => ask('/api/v2/session', { email, password });
export const answerSignIn = (token: string, proof: Proof): Promise<SignInAnswer> => ask('/api/v2/session/second_factor', { token, ...proof });
// Has a code sent to the telephone of who is signing in; 429 says how long to wait for the next one.
export const sendText = async (token: string) => (await post('/api/v2/session/text_message', { token }, { isSignIn: true })).text_message;
export const signInWithPasskey = (credential: GivenKey): Promise<SignInAnswer> => ask('/api/v2/session/passkey', { credential });
// With the token of a sign-in, of its user's keys; without one, of any passkey.
export const signInChallenge = async (token?: string) =>
  (await post<{ public_key: GetOptions }>('/api/v2/session/challenge', token ? { token } : {}, { isSignIn: true })).public_key;

export const previewEnrolment = async (token: string) =>
  (await post<{ enrolment: { email: string; name: string } }>('/api/v2/enrolment/preview', { token }, { isSignIn: true })).enrolment;
export const enrol = (token: string, password: string): Promise<SignInAnswer> => ask('/api/v2/enrolment', { token, password });
export const askPasswordLink = (email: string) => post<unknown>('/api/v2/password_resets', { email }, { isSignIn: true });
export const verifyContact = (token: string) => post('/api/v2/security_contact/verify', { token }, { isSignIn: true });

export const proofChallenge = async () => (await post<{ public_key: GetOptions }>('/api/v2/session/proof/challenge')).public_key;
export const prove = async (proof: Proof) => { entering((await request<SessionAnswer>('POST', '/api/v2/session/proof', { json: proof })).body); };

export type Passkey = Schema<'Passkey'>;
export type TwoFactor = Schema<'TwoFactor'>;
export type KeyOffer = CreateOptions;

// With what somebody can prove a second time who he is; the password only where there is nothing else.
export function methodsOf(state: TwoFactor): Method[] {
  const methods: Method[] = [];
  if (state.totp.enabled) methods.push('totp');
  if (state.passkeys.length > 0) methods.push('security_key');
  if (state.recovery_codes.left > 0) methods.push('recovery_code');
  return methods.length > 0 ? methods : ['password'];
}
