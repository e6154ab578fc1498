// The API as functions. Ids have up to 63 bits, more than a JavaScript number holds: long integers are turned into
// strings before parsing, and the server takes ids as strings.

let csrfToken = '';
let onSignedOut = () => {};

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

export function parseJson(text) {
  // Strings are matched whole, so digits inside them are left alone.
  const safe = text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}/g, (part) => (part[0] === '"' ? part : `"${part}"`));
  return JSON.parse(safe);
}

export function whenSignedOut(callback) { onSignedOut = callback; }
export function setCsrfToken(token) { csrfToken = token; }

async function request(method, path, { json, body, type, headers = {}, isSignIn = false } = {}) {
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
    if (response.status === 401 && !isSignIn) onSignedOut();
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

export async function signIn(email, password) {
  const who = (await request('POST', '/api/v2/session', { json: { email, password }, isSignIn: true })).body;
  csrfToken = who.session.csrf_token;
  return who;
}

export async function enrol(token, password) {
  const who = (await request('POST', '/api/v2/enrolment', { json: { token, password }, isSignIn: true })).body;
  csrfToken = who.session.csrf_token;
  return who;
}

export const previewEnrolment = async (token) =>
  (await request('POST', '/api/v2/enrolment/preview', { json: { token }, isSignIn: true })).body.enrolment;

export async function signOut() {
  await request('DELETE', '/api/v2/session');
  csrfToken = '';
}

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

export const comments = (id) => all(`/api/v2/tickets/${id}/comments`, 'comments');
export const events = (id) => all(`/api/v2/tickets/${id}/events`, 'events');

// `etag`: refuse when somebody else has changed the ticket since. `key`: a repeated send is one change.
export async function updateTicket(id, change, { etag, key } = {}) {
  const headers = {};
  if (etag) headers['If-Match'] = etag;
  if (key) headers['Idempotency-Key'] = key;
  const done = await request('PUT', `/api/v2/tickets/${id}`, { json: { ticket: change }, headers });
  return { ...done.body, etag: done.etag };
}

export async function upload(file) {
  const path = `/api/v2/uploads?filename=${encodeURIComponent(file.name)}`;
  const done = await request('POST', path, { body: file, type: file.type || 'application/octet-stream' });
  return done.body.upload;
}

const known = new Map();
let agentList = null;

// Users by id, asked for together and kept.
export async function users(ids) {
  const missing = [...new Set(ids.filter((id) => id && !known.has(String(id))).map(String))];
  for (let at = 0; at < missing.length; at += 100) {
    const found = await get(`/api/v2/users/show_many?ids=${missing.slice(at, at + 100).join(',')}`);
    for (const user of found.users) known.set(String(user.id), user);
  }
  return known;
}

export async function agents() {
  agentList ??= (await get('/api/v2/users?role=agent')).users.filter((user) => user.active);
  return agentList;
}

export const mySessions = async () => (await get('/api/v2/sessions')).sessions;
export const endSession = (id) => request('DELETE', `/api/v2/sessions/${id}`);
export const myTokens = async () => (await get('/api/v2/api_tokens')).api_tokens;
export const makeToken = async (description) =>
  (await request('POST', '/api/v2/api_tokens', { json: { api_token: { description } } })).body.api_token;
export const revokeToken = (id) => request('DELETE', `/api/v2/api_tokens/${id}`);
