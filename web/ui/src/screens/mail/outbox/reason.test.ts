import { expect, test } from 'vitest';
import { reasonOf, reasonOfReply, type Reason } from './reason';

const said: [string, Reason][] = [
  ['mx.client.example: 451 4.7.1 Greylisted, please come back', 'greylisted'],
  ['mx.client.example: 450 4.2.0 Greylisted', 'greylisted'],
  ['mx.client.example: 452 4.2.2 Mailbox full', 'full'],
  ['mx.client.example: 550 5.1.1 No such user', 'unknown_person'],
  ['mx.client.example: 550-5.7.26 This mail is unauthenticated', 'refused_policy'],
  ['client.example: the domain does not exist', 'no_domain'],
  ["client.example: the domain's mail hosts could not be looked up", 'no_address'],
  ['mx.client.example: TLS is required and not offered', 'tls'],
  ['mx.client.example[192.0.2.1]: TLS handshake failed (DANE): certificate: no matching DANE TLSA records', 'tls'],
  ["mx.client.example[192.0.2.1]: the host's TLSA records could not be looked up (DANE)", 'tls'],
  ["mx.client.example[192.0.2.1]: the domain's MTA-STS policy does not name this host", 'tls'],
  ['mx.client.example[192.0.2.1]: no connection could be made', 'no_connection'],
  ['mx.client.example[192.0.2.1]: deadline passed (banner)', 'no_connection'],
  ['mx.client.example: 421 Service not available', 'busy'],
  ['mx.client.example: 554 Message refused', 'refused'],
  ['something else', 'deferred'],
];
for (const [reply, reason] of said) test(`"${reply}" is ${reason}`, () => expect(reasonOfReply(reply)).toBe(reason));

const entry = { last_reply: 'mx: 451 4.7.1 later', attempts: 1, held: false, damaged: false, leased_until: null };
test('what is held, being sent or damaged says that first', () => {
  expect(reasonOf({ ...entry, held: true })).toBe('held');
  expect(reasonOf({ ...entry, damaged: true, held: true })).toBe('damaged');
  expect(reasonOf({ ...entry, leased_until: '2026-11-23T10:00:00Z' }, Date.parse('2026-11-23T09:59:00Z'))).toBe('sending');
  expect(reasonOf({ ...entry, leased_until: '2026-11-23T10:00:00Z' }, Date.parse('2026-11-23T10:01:00Z'))).toBe('greylisted');
});
test('what nobody has tried yet is new', () => expect(reasonOf({ ...entry, last_reply: '', attempts: 0 })).toBe('new'));
