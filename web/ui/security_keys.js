// Security keys and passkeys: what the server says and what the browser wants differ in how bytes are written.

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const keysOf = (list) => list.map((key) => ({ ...key, id: toBytes(key.id) }));

export const canUseKeys = () => window.isSecureContext && Boolean(window.PublicKeyCredential);

// What people read when the browser or the key says no.
function explain(problem) {
  if (problem.name === 'InvalidStateError') return new Error('This key is registered already.');
  if (problem.name === 'NotAllowedError') return new Error('The key was not used, or not in time.');
  return problem;
}

export async function createKey(options) {
  let made;
  try {
    made = await navigator.credentials.create({ publicKey: {
      ...options, challenge: toBytes(options.challenge), user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: keysOf(options.excludeCredentials) } });
  } catch (problem) { throw explain(problem); }
  return { rawId: toText(made.rawId), type: made.type, response: {
    clientDataJSON: toText(made.response.clientDataJSON), authenticatorData: toText(made.response.getAuthenticatorData()) } };
}

export async function askKey(options) {
  let given;
  try {
    given = await navigator.credentials.get({ publicKey: {
      ...options, challenge: toBytes(options.challenge), allowCredentials: keysOf(options.allowCredentials) } });
  } catch (problem) { throw explain(problem); }
  return { rawId: toText(given.rawId), type: given.type, response: {
    clientDataJSON: toText(given.response.clientDataJSON), authenticatorData: toText(given.response.authenticatorData),
    signature: toText(given.response.signature) } };
}
