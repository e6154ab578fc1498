// A view as the API shows it and as its editor holds it.
import { type Id } from '@/api/http';
import type { Conditions } from '@/kit/conditions/types';
import type { Restriction } from '@/kit/editor/Audience';

export interface View {
  id: Id; title: string; description: string; active: boolean; position: number; default: boolean; conditions: Conditions; restriction: Restriction | null; updated_at: string;
  execution: { group_by: string | null; group_order: Order; sort_by: string; sort_order: Order; columns: { id: Id; title: string }[] };
}
type Order = 'asc' | 'desc';
export interface Output { columns: string[]; sort_by: string; sort_order: Order; group_by: string; group_order: Order }
export interface ViewDraft { title: string; description: string; active: boolean; restriction: Restriction | null; conditions: Conditions; output: Output }

export const kPath = '/api/v2/views';
const kColumns = ['status', 'subject', 'requester', 'updated', 'assignee'];

export function draftOf(view: View | null): ViewDraft {
  if (!view) {
    return { title: '', description: '', active: true, restriction: null, conditions: { all: [{ field: 'status', operator: 'less_than', value: 'solved' }], any: [] },
      output: { columns: kColumns, sort_by: 'updated', sort_order: 'desc', group_by: '', group_order: 'asc' } };
  }
  const { columns, sort_by, sort_order, group_by, group_order } = view.execution;
  return { title: view.title, description: view.description, active: view.active, restriction: view.restriction, conditions: view.conditions,
    output: { columns: columns.map((each) => String(each.id)), sort_by, sort_order, group_by: group_by ?? '', group_order } };
}
