import { expect, test } from 'vitest';
import type { Redaction } from '@/screens/desk/types';
import { hiddenBy } from './hidden';

const found = (rule: string, count: number, where = 'text/plain'): Redaction => ({ rule, brand: '', part: '1', where, count });

test('Z-35: what was hidden is added up by rule, most first, each message once', () => {
  const comments = [{ id: 7, redactions: [found('iban', 1), found('card', 1), found('card', 2, 'header:subject')] }, { id: 8, redactions: [] }, { id: 9, redactions: [found('card', 1)] }];
  expect(hiddenBy(comments)).toEqual([
    { rule: 'card', count: 4, messages: [{ id: 7, number: 1 }, { id: 9, number: 3 }] },
    { rule: 'iban', count: 1, messages: [{ id: 7, number: 1 }] },
  ]);
  expect(hiddenBy([])).toEqual([]);
});
