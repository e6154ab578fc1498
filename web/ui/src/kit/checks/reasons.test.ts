import { expect, test } from 'vitest';
import { words as translated, startLanguage } from '@/i18n';
import en from '@/locales/en/checks.json';
import { checkRows } from './checkRows';
import { kReasons, reasonWords } from './reasons';
import type { Verdicts } from '@/screens/desk/types';

const t = (key: string, values?: Record<string, unknown>) => `${key}(${[values?.a, values?.b, values?.c].filter(Boolean).join(',')})`;

test('every reason that is looked for has words', () => expect(kReasons.map(([key]) => key).filter((key) => !(key in en.reason))).toEqual([]));
test('reasons are known, also one within another', () => {
  expect(reasonWords(t, 'another Subject field stands above the signed one')).toBe('reason.above(Subject)');
  expect(reasonWords(t, 'more than 10 DNS lookups')).toBe('reason.spf_lookups(10)');
  expect(reasonWords(t, 'd= missing or invalid')).toBe('reason.signature_form()');
  expect(reasonWords(t, 'ARC-Seal of ARC set 2: signature did not verify')).toBe('reason.arc_part(ARC-Seal,2,reason.not_verified())');
  expect(reasonWords(t, 'not trusted: another From field stands above the sealed one')).toBe('reason.not_trusted(reason.above_seal(From))');
});
test('what is not known stays as it is', () => expect(reasonWords(t, 'the moon is in the way')).toBe('the moon is in the way'));

test('the whole of it in French', async () => {
  await startLanguage('fr');
  const { addResourceBundle } = (await import('i18next')).default;
  addResourceBundle('fr', 'checks', (await import('@/locales/fr/checks.json')).default, true, true);
  const say = (key: string, values?: Record<string, unknown>) => translated(`checks:${key}`, values);
  const verdicts = {
    spf: { result: 'none', identity: 'mailfrom', domain: 'a.example', explanation: null, reason: 'domain publishes no SPF record' }, dkim: [{ result: 'fail', domain: 'a.example', selector: 's', algorithm: 'rsa-sha256', key_bits: 2048, reason: 'body hash did not verify' }],
    dmarc: { result: 'fail', policy: 'reject', disposition: 'none', domain: 'a.example', aligned_by: [], overridden_by: 'policy_test_mode', reason: 'no aligned identifier passed' },
    arc: { result: 'none', instances: 0, sealer: '', is_trusted: false, sealed_dmarc: '', reason: '' }, iprev: { result: 'pass', name: 'mx.a.example' }, helo: { result: 'pass' }, dns_lists: [], dns: [],
    spam: { score: 0, action: 'accept', symbols: [] }, parse: { degraded: false, defects: [], ambiguity: 0 },
  } satisfies Verdicts;
  expect(checkRows(say, verdicts).map((each) => each.detail)).toEqual([
    'expéditeur sur l’enveloppe : a.example · le domaine ne nomme aucun serveur (pas d’enregistrement SPF)', 's._domainkey.a.example · rsa-sha256 · 2048 bits · le texte a été modifié après la signature',
    'a.example · politique : refuser · rien ne prouve le domaine de l’expéditeur · non appliqué : le domaine ne fait que tester sa politique', 'mx.a.example', '',
  ]);
});
