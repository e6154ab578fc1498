// What the API tells mail admins, and how the screens ask for it.
import { queryOptions } from '@tanstack/react-query';
import { get, query, type Id } from '@/api/http';
import type { Schema } from '@/api/schema';

export type AdviceState = 'ok' | 'missing' | 'different' | 'warning' | 'unknown';
export interface DomainSummary { domain: string; state: AdviceState | null; problems?: string[]; reply?: string; checked_at?: string }
export interface DnsRecord {
  purpose: string; state: AdviceState; required: boolean; owner: string; host: string; type: string; ttl: number; value: string; zone_text: string;
  why: string; explanation: string; found: string[]; notes: string[];
}
export interface SpfTerm { depth: number; term: string; lookups: number; void: boolean; problem: string }
export interface SpfBudget { lookups: number; lookups_max: number; void_lookups: number; void_lookups_max: number; complete: boolean; terms: SpfTerm[] }
export interface Forecast { from: string; state: AdviceState; summary: string; spf: ForecastPath; dkim: ForecastPath }
export interface ForecastPath { passes: boolean; certain: boolean; domain: string; reason: string }
export interface DomainAdvice {
  domain: string; hostname: string; zone: string; state: AdviceState; checked_at: string; records: DnsRecord[];
  spf_budget: SpfBudget; reply: Forecast; mta_sts_policy: string; notes: string[];
}
export type Inbox = Schema<'Inbox'>;

export const domainsQuery = queryOptions({ queryKey: ['mail', 'domains'], queryFn: ({ signal }) => get<{ mail_domains: DomainSummary[] }>('/api/v2/mail_domains', signal).then((body) => body.mail_domains) });
export const domainQuery = (domain: string) => queryOptions({
  queryKey: ['mail', 'domain', domain],
  queryFn: ({ signal }) => get<{ mail_domain: DomainAdvice }>(`/api/v2/mail_domains/${encodeURIComponent(domain)}/dns`, signal).then((body) => body.mail_domain),
});
export const inboxesQuery = queryOptions({ queryKey: ['mail', 'inboxes'], queryFn: ({ signal }) => get('/api/v2/inboxes', signal).then((body) => body.inboxes) });

export interface QueueEntry {
  id: Id; ticket_id: Id | null; purpose: string; damaged: boolean; recipient: string; attempts: number; held: boolean; last_reply: string;
  created_at: string; due_at: string; leased_until: string | null;
}
export const kOutboxShown = 100; // the API has no cursor here
export const outboxQuery = queryOptions({
  queryKey: ['mail', 'outbox'], queryFn: ({ signal }) => get<{ outbox: QueueEntry[] }>(`/api/v2/outbox${query({ 'page[size]': kOutboxShown })}`, signal).then((body) => body.outbox),
});

export interface Sums { messages: number; passed: number; pass_rate: number | null; dkim_aligned: number; spf_aligned: number; quarantined: number; rejected: number }
export interface Sessions { sessions: number; successes: number; failures: number; success_rate: number | null }
export interface Reporter { domain: string; organization: string; reports: number; messages?: number; sessions?: number }
export interface DmarcDomain extends Sums { domain: string; days?: (Sums & { date: string })[]; reporters?: Reporter[] }
export interface TlsDomain extends Sessions {
  domain: string; days?: (Sessions & { date: string })[]; policies?: (Sessions & { policy_type: string })[];
  failure_types?: { result_type: string; receiving_host: string; sessions: number }[]; reporters?: Reporter[];
}
export interface Source extends Sums { source_ip: string | null }
export interface ReportPeriod { domain?: string; from?: string; to?: string; unauthenticated?: boolean }
interface Summary<T> { from: string; to: string; domains: T[]; domains_left_out: number }

const asked = ({ domain, from, to, unauthenticated }: ReportPeriod) => ({ domain, from, to, unauthenticated: unauthenticated || undefined });
export const dmarcQuery = (period: ReportPeriod) => queryOptions({
  queryKey: ['mail', 'dmarc', period], queryFn: ({ signal }) => get<Summary<DmarcDomain>>(`/api/v2/mail_reports/aggregate${query(asked(period))}`, signal),
});
export const tlsQuery = (period: ReportPeriod) => queryOptions({
  queryKey: ['mail', 'tls', period], queryFn: ({ signal }) => get<Summary<TlsDomain>>(`/api/v2/mail_reports/tls${query(asked(period))}`, signal),
});

export interface Paged { meta: { has_more: boolean; after_cursor: string | null } }
export const sourcesPage = (period: ReportPeriod, after: string, signal?: AbortSignal) =>
  get<Paged & { count: number; sources: Source[] }>(`/api/v2/mail_reports/sources${query({ ...asked(period), 'page[size]': 50, 'page[after]': after })}`, signal);

export interface MailReport {
  id: Id; kind: string; received_at: string; trace: string; inbox_id: Id; reporter: string; authenticated: boolean; counted: boolean; not_counted: string | null;
  organization: string; contact: string; report_id: string; begins_at: string; ends_at: string; domains: string[]; messages?: number; sessions?: number; passed: number;
}
export interface ReportRow {
  source_ip: string; messages: number; disposition: string; dkim_aligned: boolean; spf_aligned: boolean; header_from: string; envelope_from: string | null; envelope_to: string;
  reasons: { type: string; comment: string }[]; dkim: { domain: string; selector: string; result: string }[]; spf: { domain: string; scope: string; result: string }[];
}
export interface TlsPolicy extends Sessions {
  policy_type: string; domain: string; mx_hosts: string[];
  failure_details: { result_type: string; sending_ip: string; receiving_host: string; receiving_ip: string; sessions: number; reason_code: string }[];
}
export interface MailReportDetail extends MailReport { left_out: number; published?: Record<string, string>; errors?: string[]; rows?: ReportRow[]; policies?: TlsPolicy[] }
export const reportsPage = (after: string, signal?: AbortSignal) => get<Paged & { mail_reports: MailReport[] }>(`/api/v2/mail_reports${query({ 'page[size]': 50, 'page[after]': after })}`, signal);
export const reportQuery = (id: string) => queryOptions({ queryKey: ['mail', 'report', id], queryFn: ({ signal }) => get<{ mail_report: MailReportDetail }>(`/api/v2/mail_reports/${encodeURIComponent(id)}`, signal).then((body) => body.mail_report) });
