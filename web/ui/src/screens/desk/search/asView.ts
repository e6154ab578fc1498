// A search can be kept as a personal view where it asks for nothing but what views can ask for: keywords about fields, no words of
// the text. Null: it cannot, and `because` says why.
import type { Condition } from '@/screens/desk/types';

export type Kept = { all: Condition[]; any: Condition[] } | { because: 'words' | 'keyword' | 'scope' };

const kValues: Record<string, { field: string; values?: string[] }> = {
  status: { field: 'status', values: ['new', 'open', 'pending', 'hold', 'solved', 'closed'] }, priority: { field: 'priority', values: ['low', 'normal', 'high', 'urgent'] },
  ticket_type: { field: 'type', values: ['problem', 'incident', 'question', 'task'] }, assignee: { field: 'assignee_id' }, group: { field: 'group_id' }, requester: { field: 'requester_id' }, organization: { field: 'organization_id' }, tags: { field: 'current_tags' },
};
const kScopes = new Set(['status', 'type', 'group_id', 'assignee_id', 'requester_id']); // one of them a view must have

function valueOf(keyword: string, field: string, text: string): string | null {
  if (text === 'none') return field === 'current_tags' ? null : '';
  if (text === 'me') return ['assignee_id', 'requester_id'].includes(field) ? 'current_user' : null;
  const known = kValues[keyword]?.values;
  if (known) return known.includes(text) ? text : null;
  if (field === 'current_tags') return text;
  return /^\d+$/.test(text) ? text : null; // names are never in a view
}

export function asView(query: string): Kept {
  const all: Condition[] = [];
  const either = new Map<string, string[]>();
  for (const term of query.match(/-?[a-z_\d]+[:<>]=?"[^"]*"|"[^"]*"|\S+/gi) ?? []) {
    const found = /^(-?)([a-z_]+)(:|<|>)(=?)"?([^"]*)"?$/i.exec(term);
    if (!found) return { because: 'words' };
    const [, minus, keyword, sign, equal, text] = found as unknown as [string, string, string, string, string, string];
    if (keyword === 'order_by' || keyword === 'sort') continue;
    const row = kValues[keyword];
    if (!row || equal || (sign !== ':' && row.field !== 'status' && row.field !== 'priority')) return { because: ['subject', 'comment', 'filename', 'description'].includes(keyword) ? 'words' : 'keyword' };
    const value = valueOf(keyword, row.field, text);
    if (value === null) return { because: 'keyword' };
    if (sign !== ':') all.push({ field: row.field, operator: sign === '<' ? 'less_than' : 'greater_than', value });
    else if (row.field === 'current_tags') all.push({ field: row.field, operator: minus ? 'not_includes' : 'includes', value });
    else if (minus) all.push({ field: row.field, operator: 'is_not', value });
    else either.set(row.field, [...(either.get(row.field) ?? []), value]);
  }
  const several = [...either].filter(([, values]) => values.length > 1);
  for (const [field, [value]] of [...either].filter(([, values]) => values.length === 1)) all.push({ field, operator: 'is', value: value! });
  if (several.length > 1) return { because: 'keyword' }; // "any" holds one list of alternatives
  const any = several.flatMap(([field, values]) => values.map((value): Condition => ({ field, operator: 'is', value })));
  return all.some((each) => kScopes.has(each.field)) ? { all, any } : { because: 'scope' };
}
