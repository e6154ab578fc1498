// The API as functions. Ids have up to 63 bits, more than a JavaScript number holds: long integers are turned into
// strings before parsing, and the server takes ids as strings.

let csrfToken = '';
let onSignedOut = () => {};
let onStale = null;  // asks for a proof; resolves to whether it was given
let season = 0;  // of one signed-in user: answers to an earlier one's questions change nothing

export class ApiError extends Error {
  constructor(status, body) {
    super((body && (body.detail || body.description || body.title)) || `The server answered ${status}.`);
    this.status = status;
    this.body = body || {};
  }

  // The first message about a form field, or the general one.
  get words() {
    const details = this.body.details;
    if (details) {
      const [field] = Object.keys(details);
      return `${field.split('.').pop()}: ${details[field][0].description}`;
    }
    return this.message;
  }
}

// Behind the string that begins before `at`. A search for its end, not a pattern: a mail's text may have millions of
// characters, and an expression that steps over each of them runs out of stack.
function endOfString(text, at) {
  for (let quote = text.indexOf('"', at); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

export function parseJson(text) {
  const token = /"|-?\d[\d.eE+-]*/g;
  const parts = [];
  let from = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if (found[0] === '"') {
      token.lastIndex = endOfString(text, token.lastIndex);
    } else if (/^-?\d{16,}$/.test(found[0])) {
      parts.push(text.slice(from, found.index), `"${found[0]}"`);
      from = token.lastIndex;
    }
  }
  parts.push(text.slice(from));
  return JSON.parse(parts.join(''));
}

export function whenSignedOut(callback) { onSignedOut = callback; }
export function whenStale(callback) { onStale = callback; }
export function setCsrfToken(token) { csrfToken = token; }

async function request(method, path, { json, body, type, headers = {}, isSignIn = false, isAgain = false } = {}) {
  const mine = season;
  const all = { Accept: 'application/json', ...headers };
  if (json !== undefined) all['Content-Type'] = 'application/json';
  if (type) all['Content-Type'] = type;
  if (method !== 'GET' && csrfToken) all['X-CSRF-Token'] = csrfToken;
  const response = await fetch(path, {
    method, headers: all, credentials: 'same-origin', cache: 'no-store',
    body: json !== undefined ? JSON.stringify(json) : body,
  });
  const text = response.status === 204 ? '' : await response.text();
  let parsed = null;
  try { parsed = text ? parseJson(text) : null; } catch { parsed = null; }
  if (!response.ok) {
    if (response.status === 401 && !isSignIn && mine === season) onSignedOut();
    const isStale = response.status === 403 && parsed && parsed.type === 'urn:postern:problem:fresh-factor-required';
    if (isStale && onStale && !isAgain && await onStale()) return request(method, path, { json, body, type, headers, isSignIn, isAgain: true });
    throw new ApiError(response.status, parsed);
  }
  return { body: parsed, etag: response.headers.get('ETag') };
}

const get = async (path) => (await request('GET', path)).body;

export async function whoAmI() {
  const who = (await request('GET', '/api/v2/session', { isSignIn: true })).body;
  csrfToken = who.session ? who.session.csrf_token : '';
  return who;
}

// Either who is signed in, or {sign_in}: what is still to be proved.
function entering(answer) {
  if (answer.session) csrfToken = answer.session.csrf_token;
  return answer;
}

export async function signIn(email, password) {
  return entering((await request('POST', '/api/v2/session', { json: { email, password }, isSignIn: true })).body);
}

export async function enrol(token, password) {
  return entering((await request('POST', '/api/v2/enrolment', { json: { token, password }, isSignIn: true })).body);
}

export const previewEnrolment = async (token) =>
  (await request('POST', '/api/v2/enrolment/preview', { json: { token }, isSignIn: true })).body.enrolment;

export const signOut = () => request('DELETE', '/api/v2/session');

// Asks whether the session still lives; whenSignedOut() tells when it does not.
export const checkSession = () => get('/api/v2/users/me');

export function tickets({ status, mine, after, size = 25 }) {
  const query = new URLSearchParams({ 'page[size]': String(size) });
  if (status) query.set('status', status);
  if (mine) query.set('assignee_id', 'me');
  if (after) query.set('page[after]', after);
  return get(`/api/v2/tickets?${query}`);
}

export const counts = async () => (await get('/api/v2/tickets/count')).count.by_status;

export async function ticket(id) {
  const { body, etag } = await request('GET', `/api/v2/tickets/${id}`);
  return { ticket: body.ticket, etag };
}

async function all(path, name) {
  const list = [];
  let next = path;
  while (next) {
    const page = await get(next);
    list.push(...page[name]);
    next = page.links.next;
  }
  return list;
}

// At most about `most` of a conversation, oldest first; `hasMore` when there are more.
export async function comments(id, most) {
  const list = [];
  let next = `/api/v2/tickets/${id}/comments`;
  while (next && list.length < most) {
    const page = await get(next);
    list.push(...page.comments);
    next = page.links.next;
  }
  return { list, hasMore: Boolean(next) };
}

export const events = (id) => all(`/api/v2/tickets/${id}/events`, 'events');

export function suspended({ after, size = 25 }) {
  const query = new URLSearchParams({ 'page[size]': String(size) });
  if (after) query.set('page[after]', after);
  return get(`/api/v2/suspended_tickets?${query}`);
}

export const suspendedCount = async () => (await get('/api/v2/suspended_tickets/count')).count;
export const suspendedMail = async (id) => (await get(`/api/v2/suspended_tickets/${id}`)).suspended_ticket;
export const recoverSuspended = async (id) => (await request('PUT', `/api/v2/suspended_tickets/${id}/recover`)).body.ticket;
export const deleteSuspended = (id) => request('DELETE', `/api/v2/suspended_tickets/${id}`);

// `etag`: refuse when somebody else has changed the ticket since. `key`: a repeated send is one change.
export async function updateTicket(id, change, { etag, key } = {}) {
  const headers = {};
  if (etag) headers['If-Match'] = etag;
  if (key) headers['Idempotency-Key'] = key;
  const done = await request('PUT', `/api/v2/tickets/${id}`, { json: { ticket: change }, headers });
  return { ...done.body, etag: done.etag };
}

export const redactText = async (ticket, comment, text) =>
  (await request('PUT', `/api/v2/tickets/${ticket}/comments/${comment}/redact`, { json: { text } })).body;
// Redactions of a comment that somebody calls wrong; a finding is told by rule, part and place.
const feedbackPath = (ticket, comment) => `/api/v2/tickets/${ticket}/comments/${comment}/redaction_feedback`;
export const marksOf = async (ticket, comment) => (await get(feedbackPath(ticket, comment))).redaction_feedback;
export const markWrong = async (ticket, comment, { rule, part, where }) =>
  (await request('POST', feedbackPath(ticket, comment), { json: { redaction_feedback: { rule, part, where } } })).body;
export const withdrawMark = async (ticket, comment, { rule, part, where }) => {
  await request('DELETE', `${feedbackPath(ticket, comment)}?${new URLSearchParams({ rule, part, where })}`);
};
export const redactAttachment = async (ticket, comment, file) =>
  (await request('PUT', `/api/v2/tickets/${ticket}/comments/${comment}/attachments/${file}/redact`)).body;

export async function upload(file) {
  const path = `/api/v2/uploads?filename=${encodeURIComponent(file.name)}`;
  const done = await request('POST', path, { body: file, type: file.type || 'application/octet-stream' });
  return done.body.upload;
}

const kAgentsLifeMs = 60000;  // newcomers appear within a minute
let known = new Map();
let agentList = null;
let agentsSince = 0;

// Of the one who was signed in, nothing stays for the next one.
export function forget() {
  season += 1;
  known = new Map();
  agentList = null;
}

// Users by id, asked for together and kept.
export async function users(ids) {
  const people = known;
  const missing = [...new Set(ids.filter((id) => id && !people.has(String(id))).map(String))];
  for (let at = 0; at < missing.length; at += 100) {
    const found = await get(`/api/v2/users/show_many?ids=${missing.slice(at, at + 100).join(',')}`);
    for (const user of found.users) people.set(String(user.id), user);
  }
  return people;
}

export async function agents() {
  if (agentList && Date.now() - agentsSince < kAgentsLifeMs) return agentList;
  const mine = season;
  const list = (await get('/api/v2/users?role=agent')).users.filter((user) => user.active);
  if (mine === season) {
    agentList = list;
    agentsSince = Date.now();
  }
  return list;
}

// People, roles, passwords, networks.
export const allAgents = async () => (await get('/api/v2/users?role=agent')).users;
export const customRoles = () => get('/api/v2/custom_roles');
export const makeRole = (custom_role) => request('POST', '/api/v2/custom_roles', { json: { custom_role } });
export const removeRole = (id) => request('DELETE', `/api/v2/custom_roles/${id}`);
export const setRole = (id, user) => request('PUT', `/api/v2/users/${id}/role`, { json: { user } });
export const setInboxes = (id, inbox_ids) => request('PUT', `/api/v2/users/${id}/inboxes`, { json: { user: { inbox_ids } } });
export const endSessionsOf = (id) => request('DELETE', `/api/v2/users/${id}/sessions`);
export const inboxes = () => get('/api/v2/inboxes');
export const signEverybodyOut = async () => (await request('DELETE', '/api/v2/workspace/sessions')).body;
export const wipeWorkspace = (name) => request('POST', '/api/v2/workspace/wipe', { json: { workspace: { name } } });
export const unlockUser = (id) => request('POST', `/api/v2/users/${id}/unlock`);
export const passwordLink = async (id) => (await request('POST', `/api/v2/users/${id}/password_link`)).body.enrolment;
export const allTokens = async () => (await get('/api/v2/api_tokens/all')).api_tokens;
export const changePassword = (previous_password, password) =>
  request('PUT', '/api/v2/users/me/password', { json: { previous_password, password } });
export const askPasswordLink = async (email) => (await request('POST', '/api/v2/password_resets', { json: { email }, isSignIn: true })).body;
export const passwordPolicies = async () => (await get('/api/v2/password_policies')).password_policies;
export const setPasswordPolicies = (password_policies) => request('PUT', '/api/v2/password_policies', { json: { password_policies } });
export const networkRules = () => get('/api/v2/network_rules');
export const setNetworkRules = async (network_rules) => (await request('PUT', '/api/v2/network_rules', { json: { network_rules } })).body;

export const mySessions = async () => (await get('/api/v2/sessions')).sessions;
export const endSession = (id) => request('DELETE', `/api/v2/sessions/${id}`);
export const myTokens = async () => (await get('/api/v2/api_tokens')).api_tokens;
export const makeToken = async (description) =>
  (await request('POST', '/api/v2/api_tokens', { json: { api_token: { description } } })).body.api_token;
export const revokeToken = (id) => request('DELETE', `/api/v2/api_tokens/${id}`);

export const auditLogs = (query, after) => get(`/api/v2/audit_logs?${query}${after ? `&page[after]=${after}` : ''}`);
export const auditChain = async () => (await get('/api/v2/audit_logs/chain')).chain;
export const verifyAudit = async () => (await request('POST', '/api/v2/audit_logs/chain/verify')).body.chain;

export const answerSignIn = async (json) => entering((await request('POST', '/api/v2/session/second_factor', { json, isSignIn: true })).body);
export const signInChallenge = async (token) =>
  (await request('POST', '/api/v2/session/challenge', { json: token ? { token } : {}, isSignIn: true })).body.public_key;
export const signInWithPasskey = async (credential) =>
  entering((await request('POST', '/api/v2/session/passkey', { json: { credential }, isSignIn: true })).body);
export const prove = async (json) => entering((await request('POST', '/api/v2/session/proof', { json })).body);
export const proofChallenge = async () => (await request('POST', '/api/v2/session/proof/challenge')).body.public_key;

export const twoFactor = async () => (await get('/api/v2/two_factor')).two_factor;
export const offerTotp = async () => (await request('POST', '/api/v2/two_factor/totp')).body.totp;
export const confirmTotp = async (code) => (await request('POST', '/api/v2/two_factor/totp/confirm', { json: { code } })).body;
export const removeTotp = () => request('DELETE', '/api/v2/two_factor/totp');
export const offerPasskey = async () => (await request('POST', '/api/v2/two_factor/passkeys/challenge')).body.public_key;
export const addPasskey = async (name, credential) => (await request('POST', '/api/v2/two_factor/passkeys', { json: { name, credential } })).body;
export const renamePasskey = (id, name) => request('PUT', `/api/v2/two_factor/passkeys/${id}`, { json: { name } });
export const removePasskey = (id) => request('DELETE', `/api/v2/two_factor/passkeys/${id}`);
export const newRecoveryCodes = async () => (await request('POST', '/api/v2/two_factor/recovery_codes')).body;
export const myDevices = async () => (await get('/api/v2/devices')).devices;
export const renameDevice = (id, name) => request('PUT', `/api/v2/devices/${id}`, { json: { name } });
export const revokeDevice = (id) => request('DELETE', `/api/v2/devices/${id}`);
export const securityPolicy = async () => (await get('/api/v2/security_policy')).security_policy;
export const setSecurityPolicy = async (second_factor, confirm_lockout = false) =>
  (await request('PUT', '/api/v2/security_policy', { json: { security_policy: { second_factor, confirm_lockout } } })).body.security_policy;
export const missingFactors = async () => (await get('/api/v2/security_policy/missing')).missing;
export const securityChecklist = async () => (await get('/api/v2/security_checklist')).security_checklist;
export const supportAccess = async () => (await get('/api/v2/support_access')).support_access;
export const grantSupportAccess = async (wanted) => (await request('POST', '/api/v2/support_access', { json: { support_access: wanted } })).body;
export const endSupportAccess = (id) => request('DELETE', `/api/v2/support_access/${id}`);
export const securityContact = async () => (await get('/api/v2/security_contact')).security_contact;
export const setSecurityContact = async (email) =>
  (await request('PUT', '/api/v2/security_contact', { json: { security_contact: { email: email || null } } })).body.security_contact;
export const verifySecurityContact = (token) => request('POST', '/api/v2/security_contact/verify', { json: { token }, isSignIn: true });
