// Traces, and what can be asked to find one: tickets of an address, held mail, waiting mail, comments with their ids.
import { queryOptions } from '@tanstack/react-query';
import { get, query, type Id, raw } from '@/api/http';
import type { Redaction, Verdicts } from '@/screens/desk/types';
import type { Paged } from '../api';
import { traceOfHeader } from './trace_id';

export interface Step { at: string; what: string; detail: string }
export type { Redaction, Verdicts };
export type DkimResult = Verdicts['dkim'][number];
export type DnsStep = Verdicts['dns'][number];
export interface Trace { id: string; client_ip: string; helo: string; tls: string; size: number; ticket_ids: Id[]; verdicts: Verdicts; redactions: Redaction[]; steps: Step[] }

export const traceQuery = (id: string) => queryOptions({ queryKey: ['mail', 'trace', id], queryFn: ({ signal }) => get<{ trace: Trace }>(`/api/v2/traces/${encodeURIComponent(id)}`, signal).then((body) => body.trace) });

export interface FoundTicket { id: Id; subject: string; status: string; created_at: string; updated_at: string; recipient: string | null; comment_count: number }
export interface Period { from: string; to: string } // ISO times, or ''
interface SearchAnswer { results: FoundTicket[]; next_page: string | null; count: number }

const quoted = (text: string) => (/[\s"]/.test(text) ? `"${text.replaceAll('"', '')}"` : text);
const during = ({ from, to }: Period) => [from && `updated>=${from}`, to && `created<=${to}`].filter(Boolean).join(' ');

// People are asked for as who wrote, who asked and who was copied: a search for each, as one search means all of them together.
async function ticketsOfAddress(address: string, period: Period, page: number, signal?: AbortSignal) {
  const answers = await Promise.all(['commenter', 'requester', 'cc'].map((who) => searched(`${who}:${quoted(address)} ${during(period)}`, page, signal)));
  const byId = new Map(answers.flatMap((answer) => answer.results).map((each) => [String(each.id), each]));
  return { tickets: [...byId.values()].sort((a, b) => b.updated_at.localeCompare(a.updated_at)), hasMore: answers.some((answer) => answer.next_page !== null) };
}

export async function ticketsFound(address: string, period: Period, page: number, signal?: AbortSignal) {
  if (address) return ticketsOfAddress(address, period, page, signal);
  const answer = await ticketsOfTime(period, page, signal);
  return { tickets: answer.results, hasMore: answer.next_page !== null };
}

export const isDuring = (at: string, { from, to }: Period) => (!from || Date.parse(at) >= Date.parse(from)) && (!to || Date.parse(at) <= Date.parse(to));

export const ticketsOfTime = (period: Period, page: number, signal?: AbortSignal) => searched(during(period) || 'created>=2000-01-01', page, signal); // a search has to ask for something

const searched = (text: string, page: number, signal?: AbortSignal) =>
  get<SearchAnswer>(`/api/v2/search${query({ query: text, sort_by: 'updated_at', sort_order: 'desc', page, per_page: 50 })}`, signal);

export interface Message { id: Id; author_id: Id; public: boolean; message_id: string; delivery: string | null; raw_url: string | null; created_at: string; via: { channel: string } }
export const commentsPage = (ticket: Id, after: string, signal?: AbortSignal) => get<Paged & { comments: Message[] }>(`/api/v2/tickets/${ticket}/comments${query({ 'page[size]': 100, 'page[after]': after })}`, signal);

export interface HeldMail { id: string; author: { email: string }; subject: string; cause: string; score: number; recipient: string | null; created_at: string }
export const heldPage = (after: string, signal?: AbortSignal) => get<Paged & { suspended_tickets: HeldMail[] }>(`/api/v2/suspended_tickets${query({ 'page[size]': 100, 'page[after]': after })}`, signal);

const kHeaderBytesMax = 16_384;

// The trace of a stored message stands in its header; no more than that is read of it.
export async function traceOfMessage(rawUrl: string): Promise<string | null> {
  const stop = new AbortController();
  const response = await raw(rawUrl, stop.signal);
  const reader = response.ok ? response.body?.getReader() : undefined;
  if (!reader) return null;
  const decoder = new TextDecoder();
  let text = '';
  for (let done = false; !done && text.length < kHeaderBytesMax && !/\r?\n\r?\n/.test(text);) {
    const part = await reader.read();
    done = part.done;
    if (part.value) text += decoder.decode(part.value, { stream: true });
  }
  stop.abort();
  return traceOfHeader(text.split(/\r?\n\r?\n/)[0] ?? '');
}
