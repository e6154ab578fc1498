// Ticket fields, forms and statuses as the API shows them and as their editors hold them.
import { type Id } from '@/api/http';
import type { Schema } from '@/api/schema';

export type FieldType = 'text' | 'textarea' | 'checkbox' | 'date' | 'integer' | 'decimal' | 'regexp' | 'tagger' | 'multiselect';
export const fieldTypes: FieldType[] = ['text', 'textarea', 'tagger', 'multiselect', 'checkbox', 'date', 'integer', 'decimal', 'regexp'];

export interface Option { id?: Id; name: string; value: string; default: boolean }
export type TicketField = Schema<'TicketField'>;
export interface FieldDraft {
  type: FieldType; title: string; description: string; agent_description: string; title_in_portal: string; active: boolean; required: boolean; required_in_portal: boolean; visible_in_portal: boolean;
  editable_in_portal: boolean; regexp_for_validation: string; tag: string; custom_field_options: Option[];
}
export type TicketForm = Schema<'TicketForm'>;
export interface FormDraft { name: string; display_name: string; active: boolean; default: boolean; end_user_visible: boolean; ticket_field_ids: string[] }

export type Category = CustomStatus['status_category'];
export const categories: Category[] = ['new', 'open', 'pending', 'hold', 'solved'];
export type CustomStatus = Schema<'CustomStatus'>;
export interface StatusDraft { status_category: Category; agent_label: string; end_user_label: string; description: string; end_user_description: string; active: boolean; default: boolean }

export const hasOptions = (type: string) => type === 'tagger' || type === 'multiselect';

export const draftOfField = (field: TicketField | null): FieldDraft => ({
  type: (field?.type as FieldType | undefined) ?? 'text', title: field?.title ?? '', description: field?.description ?? '', agent_description: field?.agent_description ?? '',
  title_in_portal: field && field.title_in_portal !== field.title ? (field.title_in_portal ?? '') : '', active: field?.active ?? true, required: field?.required ?? false,
  required_in_portal: field?.required_in_portal ?? false, visible_in_portal: field?.visible_in_portal ?? false, editable_in_portal: field?.editable_in_portal ?? false,
  regexp_for_validation: field?.regexp_for_validation ?? '', tag: field?.tag ?? '',
  custom_field_options: field?.custom_field_options?.map((each) => ({ id: each.id, name: each.name, value: each.value, default: each.default })) ?? [],
});

// What does not belong to the type is not sent.
export function bodyOfField(part: Partial<FieldDraft>, type: FieldType): Record<string, unknown> {
  const body: Record<string, unknown> = { ...part };
  if (!hasOptions(type)) delete body.custom_field_options;
  if (type !== 'regexp') delete body.regexp_for_validation;
  if (type !== 'checkbox') delete body.tag;
  return body;
}

export const draftOfForm = (form: TicketForm | null): FormDraft => ({
  name: form?.name ?? '', display_name: form && form.display_name !== form.name ? form.display_name : '', active: form?.active ?? true, default: form?.default ?? false,
  end_user_visible: form?.end_user_visible ?? false, ticket_field_ids: form?.ticket_field_ids.map(String) ?? [],
});
export const draftOfStatus = (status: CustomStatus | null): StatusDraft => ({
  status_category: status?.status_category ?? 'pending', agent_label: status?.agent_label ?? '', end_user_label: status && status.end_user_label !== status.agent_label ? status.end_user_label : '',
  description: status?.description ?? '', end_user_description: status?.end_user_description ?? '', active: status?.active ?? true, default: status?.default ?? false,
});

// The tag under which an option is kept: "Dark blue" is "dark_blue".
export const tagOf = (name: string) => name.trim().toLowerCase().replace(/[\s,'"]+/g, '_').replace(/^_+|_+$/g, '');

// Options out of pasted lines, "name" or "name<tab>value"; what is there already is left out.
export function optionsOf(text: string, there: Option[]): Option[] {
  const values = new Set(there.map((each) => each.value));
  const out: Option[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [name = '', given = ''] = line.split('\t').map((each) => each.trim());
    const value = given || tagOf(name);
    if (!name || !value || values.has(value)) continue;
    values.add(value);
    out.push({ name, value, default: false });
  }
  return out;
}
