import { expect, test } from 'vitest';
import type { AdviceState, DnsRecord } from '../api';
import { firstStep, progressOf, recordsOf, zoneFile } from './steps';

const record = (purpose: string, state: AdviceState, required = true): DnsRecord => ({
  purpose, state, required, owner: `pst1e._domainkey.desk.example`, host: 'pst1e._domainkey', type: 'TXT', ttl: 3600, value: 'v=DKIM1; k=ed25519; p=abc', zone_text: `${purpose} 3600 IN TXT "x"`,
  why: '', explanation: '', found: [], notes: [],
});

test('the wizard begins where mail needs something', () => {
  expect(firstStep([record('mx', 'ok'), record('spf', 'missing'), record('tls_rpt', 'missing', false)])).toBe('send');
});
test('what is only recommended comes after what is needed', () => {
  expect(firstStep([record('mx', 'ok'), record('tls_rpt', 'missing', false)])).toBe('tls');
  expect(firstStep([record('mx', 'ok')])).toBe('proof');
});
test('a record of an unknown purpose is shown', () => {
  expect(recordsOf([record('bimi', 'missing', false)], 'tls')).toHaveLength(1);
});
test('progress counts what is right and what is needed', () => {
  expect(progressOf([record('mx', 'ok'), record('spf', 'missing'), record('dmarc', 'warning'), record('tlsa', 'missing', false)])).toEqual({ right: 1, total: 4, wrong: 1, better: 1 });
});
test('the zone file has what is still to do', () => {
  expect(zoneFile([record('mx', 'ok'), record('spf', 'missing')])).toBe('spf 3600 IN TXT "x"');
});
