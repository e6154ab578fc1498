// A macro for many tickets: the server says what it would make of each, and the differences go into one job.
import { get, put, type Id } from '@/api/http';
import type { Job, Start } from './bulk';
import { patient } from './feed';

interface Shape { [field: string]: unknown; id: Id; custom_fields?: { id: Id; value: unknown }[]; comment?: { body: string; public: boolean } }

const kFields = ['subject', 'status', 'custom_status_id', 'type', 'priority', 'assignee_id', 'group_id', 'tags', 'due_at', 'ticket_form_id'];
const kTogether = 6;
const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

// What has to be sent so that `before` becomes `after`; null where that is nothing.
export function differences(before: Shape, after: Shape): Record<string, unknown> | null {
  const out: Record<string, unknown> = {};
  for (const field of kFields) if (field in after && !same(before[field], after[field])) out[field] = after[field];
  if ('status' in out && 'custom_status_id' in out) delete out.status; // the one follows from the other
  const was = new Map((before.custom_fields ?? []).map((each) => [String(each.id), each.value]));
  const fields = (after.custom_fields ?? []).filter((each) => !same(was.get(String(each.id)), each.value));
  if (fields.length > 0) out.custom_fields = fields;
  if (after.comment) out.comment = { body: after.comment.body, public: after.comment.public };
  return Object.keys(out).length > 0 ? out : null;
}

export const applyMacro = (macro: Id): Start => async (ids) => {
  const { tickets } = await get(`/api/v2/tickets/show_many?ids=${ids.join(',')}`);
  const changes: Record<string, unknown>[] = [];
  for (let at = 0; at < tickets.length; at += kTogether) {
    changes.push(...(await Promise.all(tickets.slice(at, at + kTogether).map(async (before) => {
      const { result } = await patient(() => get<{ result: { ticket: Shape } }>(`/api/v2/tickets/${before.id}/macros/${macro}/apply`));
      const change = differences(before, result.ticket);
      return change ? [{ id: before.id, ...change }] : [];
    }))).flat());
  }
  if (changes.length === 0) return { id: '', status: 'completed', job_type: 'update', total: 0, progress: 0, message: null, results: [], undo_url: null, created_at: '', ended_at: null } satisfies Job;
  return (await put('/api/v2/tickets/update_many', { tickets: changes })).job_status;
};
