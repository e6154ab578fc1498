import { expect, test } from 'vitest';
import { bodyOf, draftOf } from './model';

test('what was not changed is not sent, and a secret never unless it was typed', () => {
  expect(bodyOf({ name: 'Shop' })).toEqual({ name: 'Shop' });
  expect(bodyOf({ active: false })).toEqual({ status: 'inactive' });
  expect('authentication' in bodyOf(draftOf(null), true)).toBe(false);
});

test('authentication and headers have the shapes of the API', () => {
  const { authentication } = draftOf(null);
  expect(bodyOf({ authentication: { ...authentication, type: 'bearer_token', token: 't' } }).authentication).toEqual({ type: 'bearer_token', add_position: 'header', data: { token: 't' } });
  expect(bodyOf({ authentication }).authentication).toBeNull();
  expect(bodyOf({ custom_headers: [{ name: ' X-A ', value: '1' }, { name: '', value: '2' }] }).custom_headers).toEqual({ 'X-A': '1' });
});
