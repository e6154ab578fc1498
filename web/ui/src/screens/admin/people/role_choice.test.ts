import { expect, test } from 'vitest';
import type { Role } from './api';
import { roleChoices, valueOfPerson, valueOfRole, wishOf } from './role_choice';

const role = (name: string, permissions: string[], id: string | null = null): Role => ({ id, name, description: '', permissions, built_in: id === null });
const all = [role('owner', ['a', 'b']), role('admin', ['a', 'b']), role('agent', ['a']), role('light-agent', ['a'], '1'), role('end-user', []), role('Auditor', ['b'], '12345678901234567')];

test('a role goes to a value of the choice and back to what the API wants', () => {
  expect(all.map(valueOfRole)).toEqual(['owner', 'admin', 'agent', '1', 'end-user', '12345678901234567']);
  expect(wishOf('admin')).toEqual({ role: 'admin' });
  expect(wishOf('12345678901234567')).toEqual({ role: 'agent', custom_role_id: '12345678901234567' });
  expect(valueOfPerson({ role: 'admin', is_owner: true, custom_role_id: null })).toBe('owner');
  expect(valueOfPerson({ role: 'agent', is_owner: false, custom_role_id: 1 })).toBe('1');
});

test('what one may not do oneself is not offered, and owners only to owners', () => {
  expect(roleChoices(all, new Set(['a']), false).map((each) => each.name)).toEqual(['agent', 'light-agent']);
  expect(roleChoices(all, new Set(['a', 'b']), false).map((each) => each.name)).toEqual(['admin', 'agent', 'light-agent', 'Auditor']);
  expect(roleChoices(all, new Set(['a', 'b']), true).map((each) => each.name)).toContain('owner');
});
