// What a rule does, as the API writes it, and what a new action begins with.
import { customIdOf, kindOf, type CustomField } from '@/kit/conditions/kinds';
import type { FieldRow } from '@/kit/conditions/types';

export interface Action { field: string; value: string | string[] }

export type ActionKind = 'word' | 'group' | 'status' | 'agent' | 'person' | 'tags' | 'due' | 'text' | 'line' | 'mail' | 'group_mail' | 'webhook' | 'custom';
const kByType: Record<string, ActionKind> = { tags: 'tags', due_date: 'due', text: 'text', user_notification: 'mail', group_notification: 'group_mail', webhook: 'webhook' };

export function actionKindOf(row: FieldRow): ActionKind {
  if (customIdOf(row.subject)) return 'custom';
  if (row.subject === 'group_id') return 'group';
  if (row.subject === 'custom_status_id') return 'status';
  if (row.subject === 'cc') return 'person';
  if (row.subject === 'subject') return 'line';
  if (row.type === 'autocomplete') return 'agent';
  return kByType[row.type] ?? 'word';
}

export const partsOf = (action: Action): string[] => (Array.isArray(action.value) ? action.value : [action.value]);
// Zendesk writes ["channel:all", text]; the text is the last.
export const textOf = (action: Action): string => partsOf(action).at(-1) ?? '';

export function freshAction(row: FieldRow, fields: readonly CustomField[]): Action {
  const first = row.values?.find((each) => each.enabled !== false)?.value ?? '';
  const kind = actionKindOf(row);
  if (kind === 'due') return { field: row.subject, value: ['days_from_now', '1'] };
  if (kind === 'mail' || kind === 'group_mail') return { field: row.subject, value: [first, '', ''] };
  if (kind === 'webhook') return { field: row.subject, value: ['', ''] };
  if (kind === 'custom') return { field: row.subject, value: kindOf(row, fields) === 'flag' ? 'true' : '' };
  return { field: row.subject, value: kind === 'word' || kind === 'status' ? first : kind === 'group' || kind === 'agent' ? (row.values?.[0]?.value ?? '') : '' };
}

// One at a time of most actions makes sense; of mails, webhooks and notes several.
export const isRepeatable = (row: FieldRow) => ['mail', 'group_mail', 'webhook', 'text', 'agent', 'person'].includes(actionKindOf(row)) && row.subject !== 'assignee_id';

// Puts a placeholder where the caret is; returns the text and where the caret goes.
export function withInserted(text: string, name: string, start: number, end: number): { text: string; caret: number } {
  const word = `{{${name}}}`;
  return { text: text.slice(0, start) + word + text.slice(end), caret: start + word.length };
}
