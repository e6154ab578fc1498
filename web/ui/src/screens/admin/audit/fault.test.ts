import { expect, test } from 'vitest';
import en from '@/locales/en/audit.json';
import { faultWords, kFaults } from './fault';

test('faults of the chain are said in words; an unknown one stays', () => {
  expect(kFaults.map(([key]) => key).filter((key) => !(key in en.fault))).toEqual([]);
  expect(faultWords((key) => key, 'the entry was changed: it no longer has its hash')).toBe('fault.changed');
  expect(faultWords((key) => key, 'the checkpoint has another hash than the anchor: the chain was made anew')).toBe('fault.anchor_made_anew');
  expect(faultWords((key) => key, 'gone with the wind')).toBe('gone with the wind');
});
