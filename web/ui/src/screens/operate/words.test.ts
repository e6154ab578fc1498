import { expect, test } from 'vitest';
import en from '@/locales/en/operate.json';
import { kWrong, problemWords, ruleText } from './words';

const t = (key: string, values?: Record<string, unknown>) => `${key}(${[values?.a, values?.b].filter(Boolean).join(',')})`;
const said = (text: string) => problemWords(t, { description: text, text });

test('every problem that is looked for has words', () => expect(kWrong.map(([key]) => key).filter((key) => !(key in en.wrong))).toEqual([]));
test('problems of a document are known, with their values', () => {
  expect(said('matches, sample 2: nothing is found in "DE 12"')).toBe('wrong.sample_missed(2,DE 12)');
  expect(said('patterns, number 1: RE2 does not take it: missing ): (a')).toBe('wrong.pattern_re2(1,missing ): (a)');
  expect(said('action: none of mask, remove or keep_ends')).toBe('wrong.one_of(action,mask, remove or keep_ends)');
  expect(said('keep_first: not within 0 to 32')).toBe('wrong.not_within(keep_first,32)');
  expect(said('write [[rule]], not [rule] or rule =')).toBe('wrong.double(rule)');
  expect(said('the moon is in the way')).toBeNull();
});
test('own rules are described by their author', () => {
  expect(ruleText(t, { id: 'contract', description: 'Contract number', is_shipped: false })).toBe('Contract number');
  expect(ruleText(t, { id: 'iban', description: 'x', is_shipped: true })).toBe('shipped.iban()');
});
