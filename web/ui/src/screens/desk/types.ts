// The API's objects as the desk reads them. What the API's document describes comes from there (api/schema.ts), with what is
// known here and not said there put in; comments and the checks of their mail it does not describe.
import type { Id } from '@/api/http';
import type { Schema } from '@/api/schema';
import type { Slas } from './sla/clock';

type With<Told, More> = Omit<Told, keyof More> & More;

export type Status = Schema<'Ticket'>['status'];
export const kStatuses: Status[] = ['new', 'open', 'pending', 'hold', 'solved', 'closed'];
export type Priority = 'low' | 'normal' | 'high' | 'urgent';
export const kPriorities: Priority[] = ['urgent', 'high', 'normal', 'low'];
export type TicketType = 'problem' | 'incident' | 'question' | 'task';
export const kTypes: TicketType[] = ['question', 'incident', 'problem', 'task'];

export type FieldValue = string | boolean | string[] | null;
export type Ticket = With<Schema<'Ticket'>, { type: TicketType | null; priority: Priority | null; custom_status_id: Id | null; custom_fields: { id: Id; value: FieldValue }[]; slas?: Slas }>;
export type Person = Schema<'User'>;
export type Group = Schema<'Group'>;
export type Organization = Schema<'Organization'>;
export type CustomStatus = Schema<'CustomStatus'>;
export type TicketField = Schema<'TicketField'>;
export type TicketForm = Schema<'TicketForm'>;
export type Macro = Schema<'Macro'>;
export interface TicketEvent { id: Id; author_id: Id | null; kind: string; detail: string; created_at: string }

export interface Condition { field: string; operator: string; value: string | string[] | null }
export type View = With<Schema<'View'>, { conditions: { all: Condition[]; any: Condition[] } }>;
export type PageMeta = Pick<Schema<'PageMeta'>, 'has_more' | 'after_cursor'>;
export interface TicketPage { tickets: Ticket[]; users?: Person[]; groups?: Group[]; organizations?: Organization[]; meta: PageMeta; count?: number | null; building?: number }

export interface Attachment { id: Id; file_name: string; content_type: string; content_url: string; size: number; inline: boolean; replaced: boolean }
export interface Redaction { rule: string; brand: string; part: string; where: string; count: number }

export interface Verdicts {
  spf: { result: string; identity: string; domain: string; explanation: string | null; reason: string };
  dkim: { result: string; domain: string; selector: string; algorithm: string; key_bits: number; reason: string }[];
  dmarc: { result: string; policy: string; disposition: string; domain: string; aligned_by: string[]; overridden_by: string | null; reason: string };
  arc: { result: string; instances: number; sealer: string; is_trusted: boolean; sealed_dmarc: string; reason: string };
  iprev: { result: string; name: string };
  helo: { result: string };
  dns_lists: { list: string; answer: string; is_allow: boolean }[];
  dns: { method: string; name: string; type: string; status: string; is_secure: boolean; records: string[] }[];
  spam: { score: number; action: string; symbols: { name: string; weight: number }[] };
  parse: { degraded: boolean; defects: string[]; ambiguity: number };
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
  message_id: string;
  trace_id?: string | null;
  delivery: string | null;
  verdicts: Verdicts | null;
  redactions: Redaction[];
  created_at: string;
}

// What a macro would do: the ticket's fields after it, and its text.
export interface MacroResult { ticket: Partial<Ticket> & { comment?: { body: string; public: boolean } }; cannot_do: string[] }

// What one answer about a ticket says, with the people it names.
export interface TicketAnswer { ticket: Ticket; etag: string | null; organization: Organization | null }
// What PUT /tickets/{id} takes.
export type TicketChange = { [field: string]: unknown };
