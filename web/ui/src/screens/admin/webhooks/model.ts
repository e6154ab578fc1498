// A webhook as the API shows it and as its editor holds it. What it authenticates with is never shown again.
import { type Id } from '@/api/http';
import type { Words } from '@/i18n';
import type { Schema } from '@/api/schema';

export type AuthType = '' | 'basic_auth' | 'bearer_token' | 'api_key';
export interface Webhook {
  id: Id; name: string; description: string; endpoint: string; http_method: string; request_format: string; status: 'active' | 'inactive'; subscriptions: string[]; custom_headers: Record<string, string>;
  authentication: { type: AuthType } | null; delivery: { pending: number; failures_in_a_row: number; paused_until: string | null }; created_at: string; updated_at: string; signing_secret?: Secret;
}
export interface Secret { algorithm: string; secret: string | null; previous_expires_at: string | null }
export interface Header { name: string; value: string }
export interface Authentication { type: AuthType; username: string; password: string; token: string; name: string; value: string }
export interface WebhookDraft { name: string; description: string; endpoint: string; http_method: string; request_format: string; active: boolean; subscriptions: string[]; custom_headers: Header[]; authentication: Authentication }

export const kPath = '/api/v2/webhooks';
export const methods = ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'];
export const formats = ['json', 'xml', 'form_encoded'];
export const eventGroups: Record<'life' | 'talk' | 'change' | 'rules', string[]> = {
  life: ['ticket.created', 'ticket.updated', 'ticket.merged', 'ticket.soft_deleted', 'ticket.undeleted'],
  talk: ['ticket.comment_added', 'ticket.comment_redacted'],
  change: ['ticket.status_changed', 'ticket.custom_status_changed', 'ticket.priority_changed', 'ticket.type_changed', 'ticket.subject_changed', 'ticket.requester_changed', 'ticket.agent_assignment_changed', 'ticket.group_assignment_changed',
    'ticket.organization_changed', 'ticket.tags_changed', 'ticket.custom_field_changed', 'ticket.form_changed', 'ticket.external_id_changed', 'ticket.task_due_at_changed', 'ticket.followers_changed', 'ticket.email_ccs_changed', 'ticket.problem_link_changed'],
  rules: ['conditional_ticket_events'],
};

const noData = { username: '', password: '', token: '', name: '', value: '' };

export function draftOf(hook: Webhook | null): WebhookDraft {
  return {
    name: hook?.name ?? '', description: hook?.description ?? '', endpoint: hook?.endpoint ?? '', http_method: hook?.http_method ?? 'POST', request_format: hook?.request_format ?? 'json', active: hook ? hook.status === 'active' : true,
    subscriptions: hook?.subscriptions ?? ['ticket.created'], custom_headers: Object.entries(hook?.custom_headers ?? {}).map(([name, value]) => ({ name, value })), authentication: { type: hook?.authentication?.type ?? '', ...noData },
  };
}

const dataOf = (from: Authentication) => (from.type === 'basic_auth' ? { username: from.username, password: from.password } : from.type === 'bearer_token' ? { token: from.token } : { name: from.name, value: from.value });
const authenticationOf = (from: Authentication) => (from.type === '' ? null : { type: from.type, add_position: 'header', data: dataOf(from) });

export function bodyOf(part: Partial<WebhookDraft>, isNew = false): Record<string, unknown> {
  const { active, custom_headers, authentication, ...rest } = part;
  const body: Record<string, unknown> = { ...rest };
  if (active !== undefined) body.status = active ? 'active' : 'inactive';
  if (custom_headers) body.custom_headers = Object.fromEntries(custom_headers.filter((each) => each.name.trim()).map((each) => [each.name.trim(), each.value]));
  if (authentication && (!isNew || authentication.type !== '')) body.authentication = authenticationOf(authentication);
  return body;
}

export type Invocation = Schema<'WebhookInvocation'>;
export type Attempt = Schema<'WebhookAttempt'>;

// Why an attempt failed, as the server says it in English, and the keys of our words.
export const kTroubles: [key: string, pattern: RegExp][] = [
  ['slow', /^no answer in time$/],
  ['unreachable', /^(?:no connection|the host has no address in DNS)$/],
  ['tls', /^TLS failed: is the certificate valid for this host\?$/],
  ['broken', /^the connection broke$/],
  ['address', /^the endpoint is not a URL that can be used$/],
  ['forbidden', /^(?:the host has an address that may not be reached|that address is not a public one|this server may not send to that host)$/],
  ['https', /^https:\/\/ is needed$/],
  ['off', /^this server sends no webhooks$/],
  ['body', /^its body could not be made$/],
];
export const troubleWords = (t: Words, said: string): string => {
  const found = kTroubles.find(([, pattern]) => pattern.test(said));
  return found ? t(`trouble.${found[0]}`) : said;
};
