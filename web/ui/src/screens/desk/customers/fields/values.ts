// Values of the fields of people and organisations: as the API tells them, as a form holds them, and what of it is sent.
import { useQuery } from '@tanstack/react-query';
import { get, type Id } from '@/api/http';
import { number, localDay } from '@/i18n/dates';
import type { PersonField, Whose } from '@/screens/admin/personfields/model';

export type Value = string | number | boolean | string[] | null;
export type Values = Record<string, Value>;
// Values are told by key; what there is beside them belongs to people who were merged.
export interface More { user_fields?: Values; organization_fields?: Values; other_emails?: string[]; merged_into_id?: Id | null }
export const moreOf = (thing: object): More => thing as More;
export type Typed = Record<string, string | boolean | string[]>;

const kSlow = 5 * 60_000; // definitions change seldom
export const usePersonFields = (whose: Whose) => useQuery({
  queryKey: ['person_fields', whose], staleTime: kSlow, queryFn: async ({ signal }) => (await get<Record<Whose, PersonField[]>>(`/api/v2/${whose}`, signal))[whose].filter((each) => each.active),
});

// A day is told as its first moment; a form wants the day.
const textOf = (field: PersonField, value: Value | undefined) => (field.type === 'date' ? String(value ?? '').slice(0, 10) : String(value ?? ''));

export const typedOf = (fields: PersonField[], values: Values | null | undefined): Typed => Object.fromEntries(fields.map((each) => {
  const value = values?.[each.key];
  if (each.type === 'checkbox') return [each.key, value === true];
  if (each.type === 'multiselect') return [each.key, Array.isArray(value) ? value : []];
  return [each.key, textOf(each, value)];
}));

// Only what was changed; an emptied one is taken away. Null: nothing was.
export function changedOf(fields: PersonField[], before: Typed, now: Typed): Values | null {
  const out: Values = {};
  for (const { key } of fields) {
    const value = now[key];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(before[key])) continue;
    out[key] = typeof value === 'string' ? value.trim() || null : value;
  }
  return Object.keys(out).length > 0 ? out : null;
}

export function shownOf(field: PersonField, value: Value | undefined, yes: string): string {
  if (value === null || value === undefined || value === '' || value === false || (Array.isArray(value) && value.length === 0)) return '';
  const optionOf = (one: string) => field.custom_field_options?.find((each) => each.value === one)?.name.replaceAll('::', ' › ') ?? one;
  if (value === true) return yes;
  if (Array.isArray(value)) return value.map(optionOf).join(', ');
  if (field.type === 'dropdown') return optionOf(String(value));
  if (field.type === 'date') return localDay(String(value).slice(0, 10));
  return field.type === 'decimal' && typeof value === 'number' ? number(value) : String(value);
}
