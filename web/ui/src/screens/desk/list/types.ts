// What the lists of the desk read of the API's objects.
import type { Id } from '@/api/http';

export type Status = 'new' | 'open' | 'pending' | 'hold' | 'solved' | 'closed';
export const kStatuses: Status[] = ['new', 'open', 'pending', 'hold', 'solved', 'closed'];
export type Priority = 'low' | 'normal' | 'high' | 'urgent';
export const kPriorities: Priority[] = ['urgent', 'high', 'normal', 'low'];
export type TicketType = 'problem' | 'incident' | 'question' | 'task';
export const kTypes: TicketType[] = ['question', 'incident', 'problem', 'task'];

export interface Ticket {
  id: Id;
  subject: string;
  status: Status;
  custom_status_id: Id | null;
  type: TicketType | null;
  priority: Priority | null;
  requester_id: Id | null;
  submitter_id: Id | null;
  assignee_id: Id | null;
  group_id: Id | null;
  organization_id: Id | null;
  inbox_id: Id | null;
  ticket_form_id: Id | null;
  tags: string[];
  due_at: string | null;
  comment_count: number;
  merged_into_id: Id | null;
  satisfaction_rating?: { score: string };
  custom_fields: { id: Id; value: unknown }[];
  created_at: string;
  updated_at: string;
  version: number;
}

export interface Person {
  id: Id;
  name: string;
  email: string;
  role: string;
  active: boolean;
  suspended: boolean;
  organization_id?: Id | null;
  phone?: string | null;
  details?: string | null;
  notes?: string | null;
  external_id?: string | null;
  tags?: string[];
  verified?: boolean;
  created_at: string;
  updated_at?: string;
}

export interface Named { id: Id; name: string }
export interface Group extends Named { user_ids?: Id[] }
export interface Organization extends Named { details: string | null; notes: string | null; domain_names: string[]; tags: string[]; external_id: string | null; group_id: Id | null; created_at: string; updated_at: string }

export interface Condition { field: string; operator: string; value: string | string[] | null }
export interface ViewColumn { id: Id; title: string }
export interface View {
  id: Id;
  title: string;
  description: string;
  active: boolean;
  default: boolean;
  position: number;
  execution: { group_by: string | null; group_order: string; sort_by: string; sort_order: string; columns: ViewColumn[] };
  conditions: { all: Condition[]; any: Condition[] };
  restriction: { type: 'User' | 'Group'; id: Id; ids?: Id[] } | null;
}

export interface PageMeta { has_more: boolean; after_cursor: string | null }
export interface TicketPage { tickets: Ticket[]; users?: Person[]; groups?: Group[]; organizations?: Organization[]; meta: PageMeta; count?: number | null; building?: number }
