// SLA policies as the API shows them and as their editor holds them: a table of spans by metric and priority.
import type { Schema } from '@/api/schema';
import type { Conditions, FieldRow } from '@/kit/conditions/types';
import { kPriorities, type Priority } from '@/screens/desk/types';
import { toCustomers, type Side } from './sides';

type Target = Omit<Schema<'SlaTarget'>, 'metric'> & { metric: Schema<'SlaTarget'>['metric'] | Schema<'GroupSlaTarget'>['metric'] };
// Of either side; those of groups have no schedule of their own.
export type Policy = Omit<Schema<'SlaPolicy'>, 'filter' | 'policy_metrics' | 'schedule_id'> & { filter: Conditions; policy_metrics: Target[]; schedule_id?: Schema<'SlaPolicy'>['schedule_id'] };
export type Metric = Target['metric'];
export interface Definitions { all: FieldRow[]; any: FieldRow[]; metrics: { value: Metric; title: string }[] }

// What is written in the table: "4h", "30m"; and which metrics count working hours only.
export interface Promises { cells: Record<string, string>; business: Metric[] }
export interface PolicyDraft { title: string; description: string; active: boolean; filter: Conditions; promises: Promises; schedule_id: string }

export const cellOf = (metric: string, priority: Priority) => `${metric} ${priority}`;

const kUnits: [string, number][] = [['d', 86_400], ['h', 3600], ['m', 60], ['s', 1]];
const kSigns: Record<string, number> = { d: 86_400, j: 86_400, h: 3600, m: 60, min: 60, mn: 60, s: 1 };

// "1d 4h", "90m"; a bare number is minutes. Null: it is no span.
export function secondsFrom(text: string): number | null {
  const words = text.trim().toLowerCase();
  if (/^\d+$/.test(words)) return Number(words) > 0 ? Number(words) * 60 : null;
  if (!/^(\d+\s*(d|j|h|min|mn|m|s)\s*)+$/.test(words)) return null;
  const seconds = [...words.matchAll(/(\d+)\s*(d|j|h|min|mn|m|s)/g)].reduce((sum, [, amount, sign]) => sum + Number(amount) * kSigns[sign!]!, 0);
  return seconds > 0 ? seconds : null;
}

export function textFrom(seconds: number): string {
  let rest = seconds;
  const parts = kUnits.flatMap(([sign, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count ? [`${count}${sign}`] : [];
  });
  return parts.join(' ');
}

export function draftOf(policy: Policy | null): PolicyDraft {
  const cells: Record<string, string> = {};
  for (const each of policy?.policy_metrics ?? []) cells[cellOf(each.metric, each.priority)] = textFrom(each.target_in_seconds);
  const business = [...new Set((policy?.policy_metrics ?? []).filter((each) => each.business_hours).map((each) => each.metric))];
  return {
    title: policy?.title ?? '', description: policy?.description ?? '', active: policy?.active ?? true, schedule_id: String(policy?.schedule_id ?? ''),
    filter: policy?.filter ?? { all: [], any: [] }, promises: { cells, business: policy ? business : ['first_reply_time', 'next_reply_time'] },
  };
}

// A promise of groups asks for one: a new one begins with the question which.
export function groupDraftOf(policy: Policy | null): PolicyDraft {
  const draft = draftOf(policy);
  return policy ? draft : { ...draft, filter: { all: [{ field: 'group_id', operator: 'includes', value: [] }], any: [] }, promises: { cells: {}, business: [] } };
}
export const asksGroup = ({ all }: Conditions) => all.some((each) => each.field === 'group_id');

export const wrongCells = ({ cells }: Promises) => Object.entries(cells).filter(([, text]) => text.trim() && secondsFrom(text) === null).map(([cell]) => cell);

function targetsOf({ cells, business }: Promises): Omit<Target, 'target'>[] {
  return Object.entries(cells).flatMap(([cell, text]) => {
    const [metric, priority] = cell.split(' ') as [Metric, Priority];
    const target_in_seconds = secondsFrom(text);
    return target_in_seconds === null || !kPriorities.includes(priority) ? [] : [{ metric, priority, target_in_seconds, business_hours: business.includes(metric) }];
  });
}

export function bodyOf(part: Partial<PolicyDraft>, side: Side = toCustomers): Record<string, unknown> {
  const { promises, schedule_id, ...rest } = part;
  const isScheduled = schedule_id !== undefined && !side.ofGroups;
  return { ...rest, ...(promises ? { policy_metrics: targetsOf(promises) } : {}), ...(isScheduled ? { schedule_id: schedule_id || null } : {}) };
}
