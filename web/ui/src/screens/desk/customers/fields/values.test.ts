import { expect, test } from 'vitest';
import type { PersonField } from '@/screens/admin/personfields/model';
import { changedOf, shownOf, typedOf } from './values';

const field = (key: string, type: PersonField['type'], options?: [string, string][]) => ({ id: key, key, type, title: key, custom_field_options: options?.map(([name, value]) => ({ id: value, name, value })) }) as unknown as PersonField;
const fields = [field('note', 'text'), field('born', 'date'), field('vip', 'checkbox'), field('langs', 'multiselect', [['French', 'fr'], ['Old::Norse', 'non']]), field('plan', 'dropdown', [['Gold', 'gold']]), field('seats', 'integer')];
const told = { note: null, born: '2026-11-22T00:00:00Z', vip: true, langs: ['fr'], plan: 'gold', seats: 12 };

test('values become what a form holds, and back only where they were changed', () => {
  const before = typedOf(fields, told);
  expect(before).toEqual({ note: '', born: '2026-11-22', vip: true, langs: ['fr'], plan: 'gold', seats: '12' });
  expect(changedOf(fields, before, { ...before })).toBeNull();
  expect(changedOf(fields, before, { ...before, note: ' new ', plan: '', vip: false, langs: [] })).toEqual({ note: 'new', plan: null, vip: false, langs: [] });
});
test('what is not set is not shown', () => {
  expect(fields.map((each) => shownOf(each, told[each.key as keyof typeof told], 'Yes'))).toEqual(['', 'Nov 22, 2026', 'Yes', 'French', 'Gold', '12']);
  expect(shownOf(fields[3]!, ['non', 'gone'], 'Yes')).toBe('Old › Norse, gone');
  expect(shownOf(fields[2]!, false, 'Yes')).toBe('');
});
