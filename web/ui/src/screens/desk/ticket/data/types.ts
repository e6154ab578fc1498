// What the ticket screen reads of the API's objects.
import type { Id } from '@/api/http';
import type { Group, Organization, Person, Priority, Status, TicketType } from '../../list/types';

export type { Group, Organization, Person, Priority, Status, TicketType };
export type FieldValue = string | boolean | string[] | null;

export interface Ticket {
  id: Id;
  subject: string;
  status: Status;
  custom_status_id: Id | null;
  type: TicketType | null;
  priority: Priority | null;
  requester_id: Id;
  submitter_id: Id | null;
  assignee_id: Id | null;
  group_id: Id | null;
  organization_id: Id | null;
  email_cc_ids: Id[];
  follower_ids: Id[];
  recipient: string | null;
  inbox_id: Id | null;
  problem_id: Id | null;
  has_incidents: boolean;
  due_at: string | null;
  tags: string[];
  ticket_form_id: Id | null;
  external_id: string | null;
  comment_count: number;
  claims_ticket_id: Id | null;
  follow_up_of_id: Id | null;
  merged_into_id: Id | null;
  custom_fields: { id: Id; value: FieldValue }[];
  via?: { channel: string };
  version: number;
  created_at: string;
  updated_at: string;
}

export interface Attachment { id: Id; file_name: string; content_type: string; content_url: string; size: number; inline: boolean; replaced: boolean }
export interface Redaction { rule: string; brand: string; part: string; where: string; count: number }

export interface Verdicts {
  spf: { result: string; identity: string; domain: string; explanation: string | null; reason: string };
  dkim: { result: string; domain: string; selector: string; algorithm: string; key_bits: number; reason: string }[];
  dmarc: { result: string; policy: string; domain: string; aligned_by: string[]; overridden_by: string | null; reason: string };
  arc: { result: string; instances: number; sealer: string; is_trusted: boolean; sealed_dmarc: string; reason: string };
  iprev: { result: string; name: string };
  dns_lists?: { list: string; answer: string; is_allow: boolean }[];
  dns?: { method: string; name: string; type: string; status: string; is_secure: boolean; records: string[] }[];
  spam: { score: number; action: string; symbols: { name: string; weight: number }[] };
  parse: { degraded: boolean; defects: string[] };
}

export interface Comment {
  id: Id;
  author_id: Id;
  body: string;
  body_truncated: boolean;
  text_url: string;
  html_url: string | null;
  html_body?: string | null;
  raw_url: string | null;
  public: boolean;
  attachments: Attachment[];
  via?: { channel: string };
  delivery: string | null;
  verdicts: Verdicts | null;
  redactions: Redaction[];
  created_at: string;
}

export interface TicketEvent { id: Id; author_id: Id | null; kind: string; detail: string; created_at: string }

export interface TicketField {
  id: Id;
  type: string;
  title: string;
  active: boolean;
  required: boolean;
  tag?: string | null;
  description?: string;
  custom_field_options?: { name: string; value: string }[];
}
export interface TicketForm { id: Id; name: string; active: boolean; default: boolean; ticket_field_ids: Id[] }
export interface CustomStatus { id: Id; status_category: Status; agent_label: string; active: boolean; default: boolean; built_in: boolean }

export interface Macro { id: Id; title: string; description: string | null; active: boolean }
export interface MacroResult { ticket: Partial<Ticket> & { comment?: { body: string; public: boolean } }; cannot_do: string[] }

// What one answer about a ticket says, with the people it names.
export interface TicketAnswer { ticket: Ticket; etag: string | null; organization: Organization | null }
// What PUT /tickets/{id} takes.
export type TicketChange = { [field: string]: unknown };
