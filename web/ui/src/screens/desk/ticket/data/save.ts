// Changing fields of a ticket while others change it too: by field, not by lock. What nobody else has touched is stored on top of
// their change; where two people have set the same field differently, the one who comes second is asked.
import { ApiError, request, type Id } from '@/api/http';
import { fetchTicket, keepTicket } from './queries';
import type { Comment, Ticket, TicketChange } from '@/screens/desk/types';

export interface Clash { field: string; mine: unknown; theirs: unknown }
export type Decide = (clashes: Clash[]) => Promise<boolean>; // true: mine

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const kPairs: Record<string, string> = { custom_status_id: 'status' };

// The value of a field that a change names, as the ticket has it.
export function valueOf(ticket: Ticket, field: string): unknown {
  const all = ticket as unknown as Record<string, unknown>;
  return field in all ? all[field] : undefined;
}

function customClashes(base: Ticket, now: Ticket, change: { id: Id; value: unknown }[]): Clash[] {
  const of = (ticket: Ticket, id: Id) => ticket.custom_fields.find((each) => String(each.id) === String(id))?.value;
  return change.flatMap((each) => {
    const theirs = of(now, each.id);
    return same(of(base, each.id), theirs) || same(theirs, each.value) ? [] : [{ field: `custom_fields.${each.id}`, mine: each.value, theirs }];
  });
}

// Fields of `change` that somebody has set to something else since `base` was read. Lists that are changed by adding and taking
// away ("additional_tags", "email_ccs") never clash.
export function clashesOf(base: Ticket, now: Ticket, change: TicketChange): Clash[] {
  return Object.entries(change).flatMap(([field, mine]) => {
    if (field === 'custom_fields') return customClashes(base, now, mine as { id: Id; value: unknown }[]);
    const seen = kPairs[field] && !(field in base) ? kPairs[field] : field;
    const before = valueOf(base, seen);
    const theirs = valueOf(now, seen);
    if (before === undefined && theirs === undefined) return [];
    return same(before, theirs) || same(theirs, mine) ? [] : [{ field, mine, theirs }];
  });
}

// The change without the fields that the other's value is kept of.
function without(change: TicketChange, clashes: Clash[]): TicketChange {
  const gone = new Set(clashes.map((each) => each.field));
  const rest = Object.fromEntries(Object.entries(change).filter(([field]) => !gone.has(field)));
  if (!Array.isArray(rest.custom_fields)) return rest;
  const fields = (rest.custom_fields as { id: Id }[]).filter((each) => !gone.has(`custom_fields.${each.id}`));
  if (fields.length > 0) return { ...rest, custom_fields: fields };
  const { custom_fields: _, ...others } = rest;
  return others;
}

const kTries = 3;
export interface Saved { ticket: Ticket; comment?: Comment }

// Resolves to what was stored, or to null where nothing was left to change. `key`: repeated with the same one it is one change.
export async function saveTicket(base: Ticket, etag: string | null, wanted: TicketChange, decide: Decide, key?: string): Promise<Saved | null> {
  let tag = etag;
  let change = wanted;
  for (let at = 0; ; at += 1) {
    try {
      const done = await request<Saved>('PUT', `/api/v2/tickets/${base.id}`, { json: { ticket: change }, etag: tag, key: key && (at === 0 ? key : `${key}-${at}`) });
      keepTicket(base.id, { ticket: done.body.ticket, etag: done.etag });
      return done.body;
    } catch (problem) {
      const isOld = problem instanceof ApiError && (problem.status === 412 || problem.status === 409);
      if (!isOld || !tag || at >= kTries) throw problem;
      const now = await fetchTicket(base.id);
      const clashes = clashesOf(base, now.ticket, change);
      if (clashes.length > 0 && !(await decide(clashes))) change = without(change, clashes);
      if (Object.keys(change).length === 0) {
        keepTicket(base.id, now);
        return null;
      }
      tag = now.etag;
    }
  }
}
