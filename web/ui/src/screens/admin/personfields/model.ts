// Fields of people and of organisations as the API shows them and as their editor holds them.
import type { Id } from '@/api/http';
import { tagOf, type Option } from '../fields/model';

export const kWhose = ['user_fields', 'organization_fields'] as const;
export type Whose = (typeof kWhose)[number];
export const nameOf = (whose: Whose) => (whose === 'user_fields' ? 'user_field' : 'organization_field');

export const kTypes = ['text', 'textarea', 'dropdown', 'multiselect', 'checkbox', 'date', 'integer', 'decimal', 'regexp'] as const;
export type PersonFieldType = (typeof kTypes)[number];
export interface PersonField {
  id: Id; key: string; type: PersonFieldType; title: string; description: string; active: boolean; position: number; regexp_for_validation: string | null; tag: string | null;
  custom_field_options?: { id: Id; name: string; value: string }[];
}
export interface PersonFieldDraft { type: PersonFieldType; key: string; title: string; description: string; active: boolean; regexp_for_validation: string; tag: string; custom_field_options: Option[] }

export const hasOptions = (type: string) => type === 'dropdown' || type === 'multiselect';

export const draftOf = (field: PersonField | null): PersonFieldDraft => ({
  type: field?.type ?? 'text', key: field?.key ?? '', title: field?.title ?? '', description: field?.description ?? '', active: field?.active ?? true,
  regexp_for_validation: field?.regexp_for_validation ?? '', tag: field?.tag ?? '',
  custom_field_options: field?.custom_field_options?.map((each) => ({ id: each.id, name: each.name, value: each.value, default: false })) ?? [],
});

// What does not belong to the type is not sent; type and key of what is stored stay.
export function bodyOf(part: Partial<PersonFieldDraft>, type: string, isNew: boolean): Record<string, unknown> {
  const body: Record<string, unknown> = { ...part };
  if (hasOptions(type) && part.custom_field_options) body.custom_field_options = part.custom_field_options.map(({ id, name, value }) => ({ ...(id === undefined ? {} : { id }), name, value }));
  else delete body.custom_field_options;
  if (type !== 'regexp') delete body.regexp_for_validation;
  if (type !== 'checkbox') delete body.tag;
  if (!isNew) { delete body.type; delete body.key; }
  return body;
}

// "Contract number" is "contract_number", by which programs name it; never digits alone.
export function keyOf(title: string): string {
  const key = tagOf(title.normalize('NFD').replace(/\p{M}+/gu, '')).replace(/[^a-z0-9_-]+/g, '_').replace(/_+/g, '_').replace(/^_+|_+$/g, '').slice(0, 100);
  return /^\d+$/.test(key) ? `field_${key}` : key;
}
