// What was checked of a message's sender as rows in words: SPF, each DKIM signature, DMARC, ARC, names, lists.
import type { Words } from '@/i18n';
import type { Verdicts } from '@/screens/desk/types';
import { reasonWords } from './reasons';

export interface CheckRow { key: string; kind: 'spf' | 'dkim' | 'dmarc' | 'arc' | 'iprev' | 'helo' | 'list'; name: string; result: string; detail: string }

const joined = (...parts: (string | number | false | null | undefined)[]) => parts.filter(Boolean).join(' · ');
const or = (t: Words, key: string, otherwise: string) => t(key, { defaultValue: otherwise });

export const resultWords = (t: Words, result: string) => or(t, `result.${result}`, result);
export const defectWords = (t: Words, defects: string[]) => defects.map((each) => or(t, `defect.${each}`, each.replaceAll('_', ' '))).join(', ');

function dmarcDetail(t: Words, { domain, policy, aligned_by: aligned, reason, overridden_by: overridden }: Verdicts['dmarc']): string {
  return joined(domain, policy && t('policy_is', { policy: or(t, `policy.${policy}`, policy) }),
    aligned.length ? t('aligned_by', { what: aligned.map((each) => or(t, `mechanism.${each}`, each)).join(', ') }) : reason ? reasonWords(t, reason) : t('not_aligned'),
    overridden && t('not_applied', { why: or(t, `overridden.${overridden}`, overridden.replaceAll('_', ' ')) }));
}

export function checkRows(t: Words, verdicts: Verdicts): CheckRow[] {
  const { spf, dkim, dmarc, arc, iprev, helo } = verdicts;
  const why = (reason: string) => reason && reasonWords(t, reason);
  const rows: CheckRow[] = [{ key: 'spf', kind: 'spf', name: 'SPF', result: spf.result, detail: joined(spf.domain && t('signed', { what: or(t, `identity.${spf.identity}`, spf.identity), domain: spf.domain }), why(spf.reason), spf.explanation) }];
  dkim.forEach((each, at) => rows.push({ key: `dkim${at}`, kind: 'dkim', name: 'DKIM', result: each.result, detail: joined(each.domain && `${each.selector}._domainkey.${each.domain}`, each.algorithm, each.key_bits > 0 && t('bits', { count: each.key_bits }), why(each.reason)) }));
  if (dkim.length === 0) rows.push({ key: 'dkim', kind: 'dkim', name: 'DKIM', result: 'none', detail: t('no_signature') });
  rows.push({ key: 'dmarc', kind: 'dmarc', name: 'DMARC', result: dmarc.result, detail: dmarcDetail(t, dmarc) });
  if (arc.instances) {
    rows.push({ key: 'arc', kind: 'arc', name: 'ARC', result: arc.result, detail: joined(t('arc_sets', { count: arc.instances }), arc.sealer && t('sealed_by', { who: arc.sealer }), arc.is_trusted && t('arc_trusted', { result: resultWords(t, arc.sealed_dmarc) }), why(arc.reason)) });
  }
  rows.push({ key: 'iprev', kind: 'iprev', name: t('reverse_dns'), result: iprev.result, detail: iprev.name }, { key: 'helo', kind: 'helo', name: 'HELO', result: helo.result, detail: '' });
  (verdicts.dns_lists ?? []).forEach((each, at) => rows.push({ key: `list${at}`, kind: 'list', name: each.list, result: each.is_allow ? 'pass' : 'fail', detail: joined(t(each.is_allow ? 'list.allow' : 'list.deny'), each.answer) }));
  return rows;
}
