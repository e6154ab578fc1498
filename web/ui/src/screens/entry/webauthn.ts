// Security keys and passkeys: the server writes bytes as base64url, the browser wants buffers.

interface KeyRef { id: string; type: 'public-key' }
export interface GetOptions { challenge: string; rpId: string; timeout: number; allowCredentials: KeyRef[]; userVerification: UserVerificationRequirement }
export interface CreateOptions {
  challenge: string;
  rp: { id: string; name: string };
  user: { id: string; name: string; displayName: string };
  pubKeyCredParams: PublicKeyCredentialParameters[];
  timeout: number;
  attestation: AttestationConveyancePreference;
  excludeCredentials: KeyRef[];
  authenticatorSelection: AuthenticatorSelectionCriteria;
}
export interface GivenKey { rawId: string; type: string; response: Record<string, string> }

export type KeyTrouble = 'known' | 'unused';
export class KeyError extends Error {
  constructor(readonly trouble: KeyTrouble) { super(trouble); }
}

export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at += 1) bytes[at] = raw.charCodeAt(at);
  return bytes;
}

export const toText = (bytes: ArrayBuffer) =>
  btoa(Array.from(new Uint8Array(bytes), (each) => String.fromCharCode(each)).join('')).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

const keysOf = (list: KeyRef[]): PublicKeyCredentialDescriptor[] => list.map((key) => ({ type: key.type, id: toBytes(key.id) }));

export const canUseKeys = () => window.isSecureContext && 'PublicKeyCredential' in window;

async function orExplain<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (problem) {
    const name = (problem as Error).name;
    if (name === 'InvalidStateError') throw new KeyError('known');
    if (name === 'NotAllowedError' || name === 'AbortError') throw new KeyError('unused');
    throw problem;
  }
}

export async function createKey(options: CreateOptions): Promise<GivenKey> {
  const made = await orExplain(navigator.credentials.create({ publicKey: {
    ...options, challenge: toBytes(options.challenge), user: { ...options.user, id: toBytes(options.user.id) }, excludeCredentials: keysOf(options.excludeCredentials),
  } })) as PublicKeyCredential | null;
  if (!made) throw new KeyError('unused');
  const response = made.response as AuthenticatorAttestationResponse;
  return { rawId: toText(made.rawId), type: made.type, response: { clientDataJSON: toText(response.clientDataJSON), authenticatorData: toText(response.getAuthenticatorData()) } };
}

export async function askKey(options: GetOptions): Promise<GivenKey> {
  const given = await orExplain(navigator.credentials.get({ publicKey: {
    ...options, challenge: toBytes(options.challenge), allowCredentials: keysOf(options.allowCredentials),
  } })) as PublicKeyCredential | null;
  if (!given) throw new KeyError('unused');
  const response = given.response as AuthenticatorAssertionResponse;
  return { rawId: toText(given.rawId), type: given.type, response: {
    clientDataJSON: toText(response.clientDataJSON), authenticatorData: toText(response.authenticatorData), signature: toText(response.signature),
  } };
}
