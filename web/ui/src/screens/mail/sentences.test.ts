import { expect, test } from 'vitest';
import { known, saidWords } from './sentences';

test('names in a sentence are kept', () => {
  expect(known('no TXT record is published at pst1._domainkey.desk.example')).toEqual({ key: 'no_record', values: { a: 'TXT', b: 'pst1._domainkey.desk.example', c: '' } });
  expect(known('the record passes mail from 192.0.2.1 and needs 3 of 10 DNS look-ups')?.values).toEqual({ a: '192.0.2.1', b: '3', c: '10' });
  expect(known('signed with d=desk.example by pst1e, pst1r, whose keys are live')?.values).toMatchObject({ a: 'desk.example', b: 'pst1e, pst1r' });
});
test('a sentence that looks alike is not mistaken: SPF before any record', () => expect(known('no SPF record is published at desk.example')).toMatchObject({ values: { a: 'SPF', b: 'desk.example' } }));
test('what is not known stays as it is', () => expect(known('the moon is in the way')).toBeNull());
test('a sentence in a sentence is said too', () => {
  const t = (key: string, values?: Record<string, unknown>) => `${key}(${String(values?.a)})`;
  expect(saidWords(t, 'Also: the record has no "all", so that it refuses nobody.')).toBe('said.spf_also(said.spf_nobody())');
  expect(saidWords(t, 'DANE: not advised, because MX or address of mx.desk.example did not come back.')).toBe('said.dane_because(said.because_mx(mx.desk.example))');
});
