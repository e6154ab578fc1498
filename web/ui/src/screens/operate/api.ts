// What the API tells operators about redaction rules and the health of the server.
import { queryOptions } from '@tanstack/react-query';
import { get, query, request, type Id } from '@/api/http';

export type RuleMode = 'off' | 'shadow' | 'enforce';
export interface RuleSpec {
  id: string; description: string; detector: string; patterns: string[]; validator: string; context: string[]; unless: string[]; context_within: number; applies_to: string[];
  action: string; keep_first: number; keep_last: number; tags: string[]; on_match: string; mode: RuleMode; inboxes: string[]; elsewhere: RuleMode; matches: string[]; ignores: string[];
  is_shipped: boolean; is_locked: boolean;
}
export interface RuleCounts { messages: number; findings: number; shadow_messages: number; shadow_findings: number; false_positives: number; hit_rate: number | null }
export type Rule = RuleSpec & { counts: RuleCounts | null };
export interface RulesAnswer { version: number; is_fallback: boolean; days_counted: number; messages_seen: number | null; redaction_rules: Rule[] }

export interface RuleSet { number: number; active: boolean; author_id: Id | null; note: string; based_on: number; size: number; created_at: string | null }
export interface RuleSetsAnswer { active: number; rolls_back_to: number | null; is_fallback: boolean; redaction_rule_sets: RuleSet[] }
export interface Difference { rule: string; change: string; field: string | null; before: string; after: string }
export interface ChangeAnswer { redaction_rule_set: RuleSet; changed: boolean; differences: Difference[]; warnings: string[] }
export interface RuleProblem { description: string; line?: number | null; rule?: string | null; text?: string }

export interface Sums { messages: number; findings: number; hit_rate: number | null }
export interface RuleStats { rule: string; hit_rate: number | null; enforced: Sums; shadow: Sums; false_positives: number; false_positive_rate: number | null; places_left_out: number; places: { where: string; label: string; mode: RuleMode; findings: number }[] }
export interface DayStats { date: string; messages_seen: number; enforced: Sums; shadow: Sums; false_positives: number }
export interface StatsAnswer { from: string; to: string; messages_seen: number; rules: RuleStats[]; days: DayStats[] }

export interface Replay {
  id: Id; state: 'running' | 'done' | 'cancelled'; started_at: string; ended_at: string | null; active_version: number; candidate_version: number | null;
  messages_found: number; messages_read: number; messages_failed: number; bytes_read: number; cut_short_by: string | null;
}
export interface ReplayRule { rule: string; active: Sums; candidate: Sums; only_active: number; only_candidate: number; places: { where: string; label: string; active: number; candidate: number }[]; ticket_ids: Id[]; only_active_ticket_ids: Id[]; only_candidate_ticket_ids: Id[] }
export type ReplayDetail = Replay & { limitation: string; rules: ReplayRule[] };
export interface Mark { id: Id; ticket_id: Id; comment_id: Id; inbox_id: Id | null; rule: string; label: string; part: string; where: string; count: number; mode: RuleMode; author_id: Id | null; created_at: string }
export interface Paged { meta: { has_more: boolean; after_cursor: string | null } }

export const rulesQuery = queryOptions({ queryKey: ['redaction', 'rules'], queryFn: ({ signal }) => get<RulesAnswer>('/api/v2/redaction_rules', signal) });
export const setsQuery = queryOptions({ queryKey: ['redaction', 'sets'], queryFn: ({ signal }) => get<RuleSetsAnswer>('/api/v2/redaction_rule_sets', signal) });
export const setQuery = (number: number) => queryOptions({
  queryKey: ['redaction', 'set', number], staleTime: Number.POSITIVE_INFINITY, // a version never changes
  queryFn: ({ signal }) => get<{ redaction_rule_set: RuleSet & { document: string } }>(`/api/v2/redaction_rule_sets/${number}`, signal).then((body) => body.redaction_rule_set),
});
export const differenceQuery = (from: number, to: number) => queryOptions({
  queryKey: ['redaction', 'difference', from, to], staleTime: Number.POSITIVE_INFINITY,
  queryFn: ({ signal }) => get<{ differences: Difference[] }>(`/api/v2/redaction_rule_sets/${from}/difference${query({ to })}`, signal).then((body) => body.differences),
});
export const statsQuery = (asked: { from?: string; to?: string; rule?: string; inbox_id?: string }) => queryOptions({
  queryKey: ['redaction', 'stats', asked], queryFn: ({ signal }) => get<StatsAnswer>(`/api/v2/redaction_stats${query(asked)}`, signal),
});
export const replaysQuery = queryOptions({ queryKey: ['redaction', 'replays'], queryFn: ({ signal }) => get<{ redaction_replays: Replay[] }>('/api/v2/redaction_replays', signal).then((body) => body.redaction_replays) });
export const replayQuery = (id: string) => queryOptions({ queryKey: ['redaction', 'replay', id], queryFn: ({ signal }) => get<{ redaction_replay: ReplayDetail }>(`/api/v2/redaction_replays/${encodeURIComponent(id)}`, signal).then((body) => body.redaction_replay) });
export const marksPage = (after: string, signal?: AbortSignal) => get<Paged & { redaction_feedback: Mark[] }>(`/api/v2/redaction_feedback${query({ 'page[size]': 50, 'page[after]': after })}`, signal);
export interface Inbox { id: Id; name: string; address: string }
export const inboxesQuery = queryOptions({ queryKey: ['mail', 'inboxes'], queryFn: ({ signal }) => get<{ inboxes: Inbox[] }>('/api/v2/inboxes', signal).then((body) => body.inboxes) });

export interface Person { id: Id; name: string }
export const peopleQuery = (ids: string[]) => queryOptions({
  queryKey: ['redaction', 'people', ids], enabled: ids.length > 0, staleTime: 5 * 60_000,
  queryFn: ({ signal }) => get<{ users: Person[] }>(`/api/v2/users/show_many${query({ ids: ids.slice(0, 100).join(',') })}`, signal).then((body) => new Map(body.users.map((each) => [String(each.id), each.name]))),
});

export interface Job { id: string; job_type: string; total: number; progress: number; status: 'queued' | 'working' | 'completed' | 'killed' | 'failed'; message: string | null; results: JobResult[] | null; user_id: Id | null; undo_url: string | null; created_at: string; ended_at: string | null }
export interface JobResult { index: number; id: Id | null; action: string; success: boolean; status: string; error?: string; details?: string }
export const jobsQuery = queryOptions({ queryKey: ['jobs'], queryFn: ({ signal }) => get<{ job_statuses: Job[] }>('/api/v2/job_statuses', signal).then((body) => body.job_statuses) });

export interface HeldMail { id: string; author: { email: string }; subject: string; cause: string; score: number; created_at: string; verdicts: { spam: { score: number; action: string; symbols: { name: string; weight: number }[] } } }
export const heldPage = (after: string, signal?: AbortSignal) => get<Paged & { suspended_tickets: HeldMail[] }>(`/api/v2/suspended_tickets${query({ 'page[size]': 100, 'page[after]': after })}`, signal);

// A change of rules is refused when another version is in force than the one that was looked at.
export const ruleTag = (version: number) => `"rules-${version}"`;
export const changed = async (method: 'POST' | 'PUT' | 'DELETE', path: string, version: number, json?: unknown) =>
  (await request<ChangeAnswer>(method, path, { json, etag: ruleTag(version) })).body;
