// What the API tells operators about redaction rules and the health of the server.
import { queryOptions } from '@tanstack/react-query';
import { get, query, request } from '@/api/http';
import type { Schema } from '@/api/schema';

export type RuleMode = 'off' | 'shadow' | 'enforce';
export type RuleCounts = Schema<'RedactionRuleCounts'>;
export type RuleSpec = Omit<Schema<'RedactionRule'>, 'counts' | 'url'>;
export type Rule = RuleSpec & { counts: RuleCounts | null };
export type RulesAnswer = Omit<Schema<'RedactionRulesAnswer'>, 'redaction_rules'> & { redaction_rules: Rule[] };

export type RuleSet = Omit<Schema<'RedactionRuleSet'>, 'document' | 'url'>;
export type RuleSetsAnswer = Schema<'RedactionRuleSetsAnswer'>;
export type Difference = Schema<'RedactionRuleDifference'>;
export type ChangeAnswer = Schema<'RedactionChangeAnswer'>;
export interface RuleProblem { description: string; line?: number | null; rule?: string | null; text?: string }

export type Sums = Schema<'RedactionSums'>;
export type RuleStats = Schema<'RedactionRuleStats'>;
export type DayStats = Schema<'RedactionDay'>;
export type StatsAnswer = Schema<'RedactionStatsAnswer'>;

export type ReplayDetail = Schema<'RedactionReplay'>;
export type ReplayRule = Schema<'RedactionReplayRule'>;
export type Replay = Omit<ReplayDetail, 'limitation' | 'rules'>;
export type Mark = Schema<'RedactionFeedback'>;
export interface Paged { meta: { has_more: boolean; after_cursor: string | null } }

export const rulesQuery = queryOptions({ queryKey: ['redaction', 'rules'], queryFn: ({ signal }) => get('/api/v2/redaction_rules', signal) });
export const setsQuery = queryOptions({ queryKey: ['redaction', 'sets'], queryFn: ({ signal }) => get('/api/v2/redaction_rule_sets', signal) });
export const setQuery = (number: number) => queryOptions({
  queryKey: ['redaction', 'set', number], staleTime: Number.POSITIVE_INFINITY, // a version never changes
  queryFn: ({ signal }) => get(`/api/v2/redaction_rule_sets/${number}`, signal).then((body) => body.redaction_rule_set),
});
export const differenceQuery = (from: number, to: number) => queryOptions({
  queryKey: ['redaction', 'difference', from, to], staleTime: Number.POSITIVE_INFINITY,
  queryFn: ({ signal }) => get(`/api/v2/redaction_rule_sets/${from}/difference${query({ to })}`, signal).then((body) => body.differences),
});
export const statsQuery = (asked: { from?: string; to?: string; rule?: string; inbox_id?: string }) => queryOptions({
  queryKey: ['redaction', 'stats', asked], queryFn: ({ signal }) => get(`/api/v2/redaction_stats${query(asked)}`, signal),
});
export const replaysQuery = queryOptions({ queryKey: ['redaction', 'replays'], queryFn: ({ signal }) => get('/api/v2/redaction_replays', signal).then((body) => body.redaction_replays) });
export const replayQuery = (id: string) => queryOptions({ queryKey: ['redaction', 'replay', id], queryFn: ({ signal }) => get(`/api/v2/redaction_replays/${encodeURIComponent(id)}`, signal).then((body) => body.redaction_replay) });
export const marksPage = (after: string, signal?: AbortSignal) => get(`/api/v2/redaction_feedback${query({ 'page[size]': 50, 'page[after]': after })}`, signal);
export const inboxesQuery = queryOptions({ queryKey: ['mail', 'inboxes'], queryFn: ({ signal }) => get('/api/v2/inboxes', signal).then((body) => body.inboxes) });

export const peopleQuery = (ids: string[]) => queryOptions({
  queryKey: ['redaction', 'people', ids], enabled: ids.length > 0, staleTime: 5 * 60_000,
  queryFn: ({ signal }) => get(`/api/v2/users/show_many${query({ ids: ids.slice(0, 100).join(',') })}`, signal).then((body) => new Map(body.users.map((each) => [String(each.id), each.name]))),
});

export type Job = Schema<'JobStatus'>;
export const jobsQuery = queryOptions({ queryKey: ['jobs'], queryFn: ({ signal }) => get('/api/v2/job_statuses', signal).then((body) => body.job_statuses) });

export interface HeldMail { id: string; author: { email: string }; subject: string; cause: string; score: number; created_at: string; verdicts: { spam: { score: number; action: string; symbols: { name: string; weight: number }[] } } }
export const heldPage = (after: string, signal?: AbortSignal) => get<Paged & { suspended_tickets: HeldMail[] }>(`/api/v2/suspended_tickets${query({ 'page[size]': 100, 'page[after]': after })}`, signal);

// A change of rules is refused when another version is in force than the one that was looked at.
export const ruleTag = (version: number) => `"rules-${version}"`;
export const changed = async (method: 'POST' | 'PUT' | 'DELETE', path: string, version: number, json?: unknown) =>
  (await request<ChangeAnswer>(method, path, { json, etag: ruleTag(version) })).body;
