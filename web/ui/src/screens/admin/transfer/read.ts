// Tickets out of a file: JSON (one ticket, a list, a page of an API) or JSON Lines of any of these. Nothing is sent yet.
import { parseJson } from '@/api/http';

export type Given = Record<string, unknown>;
export interface Wanted { line: number; ticket: Given }
export type Trouble = 'no_json' | 'no_ticket' | 'no_requester' | 'no_text';
export interface Unread { line: number; trouble: Trouble }
export interface ReadFile { tickets: Wanted[]; unread: Unread[]; comments: number }

const isObject = (value: unknown): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown) => typeof value === 'string' && value.trim() !== '';

function ticketsIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(ticketsIn);
  if (!isObject(value)) return [value];
  if (Array.isArray(value.tickets)) return value.tickets;
  return isObject(value.ticket) ? [value.ticket] : [value];
}

// What the server would refuse of every kind of ticket, seen before anything is sent.
function troubleOf(value: unknown): Trouble | null {
  if (!isObject(value)) return 'no_ticket';
  const comments = Array.isArray(value.comments) ? value.comments : [];
  if (value.requester_id == null && !(isObject(value.requester) && (isText(value.requester.email) || isText(value.requester.name)))) return value.subject === undefined && value.description === undefined && comments.length === 0 ? 'no_ticket' : 'no_requester';
  return comments.length === 0 && !isText(value.description) ? 'no_text' : null;
}

export function readTickets(text: string): ReadFile {
  const out: ReadFile = { tickets: [], unread: [], comments: 0 };
  const take = (value: unknown, line: number, isNumbered: boolean) => ticketsIn(value).forEach((each, at) => {
    const place = isNumbered ? at + 1 : line; // of one document: which of its tickets
    const trouble = troubleOf(each);
    if (trouble) { out.unread.push({ line: place, trouble }); return; }
    const ticket = each as Given;
    out.tickets.push({ line: place, ticket });
    out.comments += Array.isArray(ticket.comments) ? ticket.comments.length : 1;
  });
  const whole = text.replace(/^\uFEFF/, '').trim();
  if (!whole) return out;
  try { take(parseJson(whole), 1, true); return out; } catch { /* not one document: lines */ }
  whole.split(/\r?\n/).forEach((line, at) => {
    if (!line.trim()) return;
    let value: unknown;
    try { value = parseJson(line); } catch { out.unread.push({ line: at + 1, trouble: 'no_json' }); return; }
    take(value, at + 1, false);
  });
  return out;
}
