// What stands in the form of a new ticket: kept while the agent is elsewhere in the page, forgotten when he signs out (it lives
// among the queries), never written to the browser's storage.
import { queries } from '@/app/session';
import type { FileItem } from '../ticket/compose/uploads';

export interface NewTicket {
  requester: string; // an address
  requesterName: string;
  subject: string;
  body: string;
  isPublic: boolean;
  inbox: string;
  form: string;
  status: string;
  priority: string;
  type: string;
  group: string;
  assignee: string;
  tags: string;
  ccs: string;
  fields: Record<string, unknown>;
  files: FileItem[];
}

export const kEmpty: NewTicket = { requester: '', requesterName: '', subject: '', body: '', isPublic: true, inbox: '', form: '', status: 'open', priority: '', type: '', group: '', assignee: '', tags: '', ccs: '', fields: {}, files: [] };
const kKey = ['new_ticket'] as const;
queries.setQueryDefaults(kKey, { gcTime: Infinity });

export const keptDraft = () => queries.getQueryData<NewTicket>(kKey) ?? kEmpty;
export const keepDraft = (draft: NewTicket) => { queries.setQueryData(kKey, draft); };

const words = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

// What POST /tickets takes; what was left empty is left out.
export function bodyOf(draft: NewTicket, uploads: string[]): Record<string, unknown> {
  const ticket: Record<string, unknown> = { comment: { body: draft.body, public: draft.isPublic, ...(uploads.length > 0 ? { uploads } : {}) }, status: draft.status };
  const set = (name: string, value: string) => { if (value.trim()) ticket[name] = value.trim(); };
  set('subject', draft.subject);
  set('priority', draft.priority);
  set('type', draft.type);
  set('group_id', draft.group);
  set('assignee_id', draft.assignee);
  set('inbox_id', draft.inbox);
  set('ticket_form_id', draft.form);
  if (draft.requester.trim()) ticket.requester = { email: draft.requester.trim(), ...(draft.requesterName.trim() ? { name: draft.requesterName.trim() } : {}) };
  if (words(draft.tags).length > 0) ticket.tags = words(draft.tags);
  if (words(draft.ccs).length > 0) ticket.email_ccs = words(draft.ccs).map((each) => ({ user_email: each, action: 'put' }));
  const fields = Object.entries(draft.fields).filter(([, value]) => value !== '' && value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0));
  if (fields.length > 0) ticket.custom_fields = fields.map(([id, value]) => ({ id, value }));
  return { ticket };
}
