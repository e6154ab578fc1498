// Which control a condition's value has. The table of the API says "text" of most fields; what stands behind them is here.
import type { Condition, FieldRow, Value } from './types';

export type Kind = 'choice' | 'group' | 'status' | 'form' | 'inbox' | 'policy' | 'group_policy' | 'person' | 'organization' | 'tags' | 'words' | 'hours' | 'number' | 'decimal' | 'address' | 'date' | 'option' | 'flag' | 'text';
export interface CustomField { id: number | string; type: string; title: string; removable?: boolean; custom_field_options?: { name: string; value: string }[] }

export const kCustom = 'custom_fields_';
const kHours = new Set(['NEW', 'OPEN', 'PENDING', 'HOLD', 'SOLVED', 'CLOSED', 'created_at', 'assigned_at', 'updated_at', 'requester_updated_at', 'assignee_updated_at', 'due_date', 'until_due_date', 'sla_next_breach_at', 'until_sla_next_breach_at']);
const kKinds: Record<string, Kind> = {
  group_id: 'group', custom_status_id: 'status', ticket_form_id: 'form', brand_id: 'inbox', sla_policy: 'policy', group_sla_policy: 'group_policy', assignee_id: 'person', requester_id: 'person', current_user: 'person',
  organization_id: 'organization', current_tags: 'tags', subject_includes_word: 'words', comment_includes_word: 'words', recipient: 'address',
  reopens: 'number', replies: 'number', agent_stations: 'number', group_stations: 'number',
};
const kCustomKinds: Record<string, Kind> = { tagger: 'option', multiselect: 'option', checkbox: 'flag', date: 'date', integer: 'number', decimal: 'decimal' };

export const customIdOf = (subject: string) => (subject.startsWith(kCustom) ? subject.slice(kCustom.length) : '');

export function kindOf(row: FieldRow, fields: readonly CustomField[]): Kind {
  const custom = customIdOf(row.subject);
  if (custom) return kCustomKinds[fields.find((each) => String(each.id) === custom)?.type ?? ''] ?? 'text';
  if (kHours.has(row.subject)) return 'hours';
  return kKinds[row.subject] ?? (row.type === 'list' ? 'choice' : 'text');
}

// Where the list of fields shows it.
export type Section = 'ticket' | 'people' | 'change' | 'text' | 'time' | 'count' | 'mail' | 'own';
const kSections: Record<string, Section> = {
  assignee_id: 'people', requester_id: 'people', organization_id: 'people', group_id: 'people', role: 'people', current_user: 'people', requester_role: 'people',
  update_type: 'change', current_via_id: 'change', comment_is_public: 'change', attachment: 'change', subject_includes_word: 'text', comment_includes_word: 'text',
  reopens: 'count', replies: 'count', agent_stations: 'count', group_stations: 'count', auth_spf: 'mail', auth_dkim: 'mail', auth_dmarc: 'mail', auth_arc: 'mail', recipient: 'mail',
};
export const sections: Section[] = ['ticket', 'people', 'change', 'text', 'own', 'time', 'count', 'mail'];
export function sectionOf(subject: string): Section {
  if (customIdOf(subject)) return 'own';
  if (kHours.has(subject)) return 'time';
  return kSections[subject] ?? 'ticket';
}

// Operators are worded by what they compare.
export type Family = 'base' | 'order' | 'hours' | 'tags' | 'words' | 'date';
export function familyOf(kind: Kind, subject: string): Family {
  if (kind === 'hours' || kind === 'tags' || kind === 'words' || kind === 'date') return kind;
  return subject === 'status' || subject === 'priority' || subject === 'satisfaction_score' ? 'order' : 'base';
}

const kSeveral = new Set(['includes', 'not_includes']);
// Tags and words are one text, with blanks between them.
export const takesSeveral = (kind: Kind, operator: string) => kSeveral.has(operator) && kind !== 'tags' && kind !== 'words';
export const takesValue = (row: FieldRow, operator: string) => !row.operators?.find((each) => each.value === operator)?.terminal;

export const valuesOf = (value: Value): string[] => (value === null ? [] : Array.isArray(value) ? value : [value]);
export const firstOf = (value: Value): string => valuesOf(value)[0] ?? '';

const firstChoice = (row: FieldRow, kind: Kind): string => {
  if (kind === 'choice') return row.values?.find((each) => each.enabled !== false)?.value ?? '';
  if (kind === 'hours') return '24';
  if (kind === 'number') return '0';
  return kind === 'flag' ? 'true' : '';
};

// A new condition on a field: its first operator, and a value to begin with.
export function freshCondition(row: FieldRow, kind: Kind): Condition {
  const operator = row.operators?.[0]?.value ?? 'is';
  return withOperator({ field: row.subject, operator, value: firstChoice(row, kind) }, row, kind, operator);
}

// The same condition with another operator; what was chosen stays as far as it can.
export function withOperator(condition: Condition, row: FieldRow, kind: Kind, operator: string): Condition {
  if (!takesValue(row, operator)) return { field: condition.field, operator, value: null };
  const given = valuesOf(condition.value);
  if (takesSeveral(kind, operator)) return { field: condition.field, operator, value: given.length ? given.filter((each, at) => each || given.length === 1 || at > 0) : [] };
  return { field: condition.field, operator, value: given[0] ?? firstChoice(row, kind) };
}

// "48" hours is 2 days: the unit in which somebody would say it.
export function hoursAs(value: string): { amount: string; unit: 'hours' | 'days' } {
  const hours = Number(value);
  return value !== '' && Number.isFinite(hours) && hours >= 48 && hours % 24 === 0 ? { amount: String(hours / 24), unit: 'days' } : { amount: value, unit: 'hours' };
}
export function hoursFrom(amount: string, unit: 'hours' | 'days'): string {
  const count = Number(amount.replace(',', '.'));
  if (amount.trim() === '' || !Number.isFinite(count)) return amount;
  return String(Math.round(count * (unit === 'days' ? 24 : 1) * 1000) / 1000); // the API takes three decimals
}
