import { expect, test } from 'vitest';
import { kDraft, kInForce, sideName, sidesOf } from './sides';

test('M-08: each side is a version or the document of the editor; what is in force is not named', () => {
  expect(sidesOf('3', kInForce, 'x')).toEqual({ version: 3 });
  expect(sidesOf(kDraft, '0', 'x')).toEqual({ document: 'x', against_version: 0 });
  expect(sidesOf('2', kDraft, 'x')).toEqual({ version: 2, against_document: 'x' });
});
test('M-08: an answer without a version is about a document that was given', () => {
  const t = (key: string) => key;
  expect([null, 0, 3].map((version) => sideName(t, version))).toEqual(['replay.of_draft', 'versions.shipped', 'versions.number']);
});
