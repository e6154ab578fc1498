import { expect, test } from 'vitest';
import { hashOfOldLink, linkOf } from './link';

test('links are told from places', () => {
  expect(linkOf('/enrol/ab-C_9.x')).toEqual({ kind: 'enrol', token: 'ab-C_9.x' });
  expect(linkOf('/security-contact/t')).toEqual({ kind: 'security-contact', token: 't' });
  expect(linkOf('/enrol/')).toBeNull();
  expect(linkOf('/enrol/a/b')).toBeNull();
  expect(linkOf('/tickets/7')).toBeNull();
});

test('the token of an old link goes behind the #, and only of such a link', () => {
  expect(hashOfOldLink({ pathname: '/enrol', search: '?token=a%2Bb', hash: '' })).toBe('/#/enrol/a%2Bb');
  expect(hashOfOldLink({ pathname: '/enrol', search: '?token=a', hash: '#/tickets/1' })).toBeNull();
  expect(hashOfOldLink({ pathname: '/', search: '?token=a', hash: '' })).toBeNull();
  expect(hashOfOldLink({ pathname: '/enrol', search: '', hash: '' })).toBeNull();
});
