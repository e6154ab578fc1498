import { expect, test } from 'vitest';
import { traceOfHeader, traceOfNumber, wantedOf } from './trace_id';

test('a number and its letters are the same trace', () => {
  expect(traceOfNumber('0')).toBe('0000000000000');
  expect(traceOfNumber('33')).toBe('0000000000011');
  expect(traceOfNumber('9223372036854775807')).toBe('7zzzzzzzzzzzz');
});
test('what is typed is told apart', () => {
  expect(wantedOf(' 0006yfd8e6080 ')).toEqual({ kind: 'trace', id: '0006yfd8e6080' });
  expect(wantedOf('Ada@Sender.example')).toEqual({ kind: 'address', address: 'ada@sender.example' });
  expect(wantedOf('Ada Lovelace <ada@sender.example>')).toEqual({ kind: 'address', address: 'ada@sender.example' });
  expect(wantedOf('<s0@sender.example>')).toEqual({ kind: 'message', id: 's0@sender.example' });
  expect(wantedOf('Message-ID: <a.b@c>')).toEqual({ kind: 'message', id: 'a.b@c' });
  expect(wantedOf('CAF=xyz123@mail.example')).toEqual({ kind: 'message', id: 'CAF=xyz123@mail.example' });
  expect(wantedOf('#12')).toEqual({ kind: 'ticket', id: '12' });
  expect(wantedOf('')).toEqual({ kind: 'nothing' });
  expect(wantedOf('two words')).toEqual({ kind: 'nothing' });
});
test('the trace stands in the Received field of ours, over folded lines, and in no other', () => {
  expect(traceOfHeader('Received: from a ([192.0.2.1])\r\n\tby mail.desk.example (Postern) with ESMTPS\r\n\tid 0006yfd8e6080\r\n\tfor <x@y>')).toBe('0006yfd8e6080');
  expect(traceOfHeader('Received: by other (Postfix) with ESMTP id 0006yfd8e6080')).toBeNull();
});
