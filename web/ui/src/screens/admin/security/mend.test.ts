import { expect, test } from 'vitest';
import { mendingPlace } from './mend';

const known = (path: string) => ['/security/sign-in', '/audit', '/mail/domains/a.example', '/people'].includes(path);

test('a row leads to where it is mended, and nowhere when there is no such page', () => {
  expect(mendingPlace({ id: 'two_factor_required', page: '#/settings' }, known)).toBe('/security/sign-in');
  expect(mendingPlace({ id: 'security_contact', page: '#/audit' }, known)).toBe('/audit?tab=contact');
  expect(mendingPlace({ id: 'mail_domain:a.example', page: null }, known)).toBe('/mail/domains/a.example');
  expect(mendingPlace({ id: 'new', page: '#/people' }, known)).toBe('/people');
  expect(mendingPlace({ id: 'new', page: '#/gone' }, known)).toBeNull();
  expect(mendingPlace({ id: 'certificate', page: null }, known)).toBeNull();
});
