import { expect, test } from 'vitest';
import { bodyOf, draftOf, keyOf, type PersonField } from './model';

test('a key for programs comes from the title', () => {
  expect(keyOf('Numéro de contrat')).toBe('numero_de_contrat');
  expect(keyOf('  A / B (2) ')).toBe('a_b_2');
  expect(keyOf('2026')).toBe('field_2026');
  expect(keyOf('')).toBe('');
});
test('what does not belong to the type, or stays, is not sent', () => {
  const field = { id: 7, key: 'plan', type: 'dropdown', title: 'Plan', description: '', active: true, position: 0, regexp_for_validation: null, tag: null, custom_field_options: [{ id: 1, name: 'Gold', value: 'gold' }] } as PersonField;
  const draft = draftOf(field);
  expect(bodyOf({ ...draft, custom_field_options: [...draft.custom_field_options, { name: 'Tin', value: 'tin', default: true }] }, 'dropdown', false)).toEqual(
    { title: 'Plan', description: '', active: true, custom_field_options: [{ id: 1, name: 'Gold', value: 'gold' }, { name: 'Tin', value: 'tin' }] });
  expect(Object.keys(bodyOf(draftOf(null), 'text', true)).sort()).toEqual(['active', 'description', 'key', 'title', 'type']);
});
