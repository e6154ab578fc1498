// The verdicts as rows: SPF, each DKIM signature, DMARC, ARC, names, lists.
import type { Verdicts } from './api';

export interface CheckRow { key: string; kind: 'spf' | 'dkim' | 'dmarc' | 'arc' | 'iprev' | 'helo' | 'list'; name: string; result: string; detail: string }

const joined = (...parts: (string | number | false | null | undefined)[]) => parts.filter(Boolean).join(' · ');

export function checkRows(verdicts: Verdicts): CheckRow[] {
  const { spf, dkim, dmarc, arc, iprev, helo } = verdicts;
  const rows: CheckRow[] = [{ key: 'spf', kind: 'spf', name: 'SPF', result: spf.result, detail: joined(spf.domain, spf.reason, spf.explanation) }];
  dkim.forEach((each, at) => rows.push({ key: `dkim${at}`, kind: 'dkim', name: 'DKIM', result: each.result, detail: joined(each.domain && `${each.selector}._domainkey.${each.domain}`, each.algorithm, each.key_bits && `${each.key_bits} bits`, each.reason) }));
  if (dkim.length === 0) rows.push({ key: 'dkim', kind: 'dkim', name: 'DKIM', result: 'none', detail: '' });
  rows.push({ key: 'dmarc', kind: 'dmarc', name: 'DMARC', result: dmarc.result, detail: joined(dmarc.domain, dmarc.policy && `policy ${dmarc.policy}`, dmarc.aligned_by.length ? `aligned by ${dmarc.aligned_by.join(', ')}` : dmarc.reason, dmarc.overridden_by && `not applied: ${dmarc.overridden_by.replaceAll('_', ' ')}`) });
  if (arc.instances) rows.push({ key: 'arc', kind: 'arc', name: 'ARC', result: arc.result, detail: joined(arc.sealer && `sealed by ${arc.sealer}`, arc.is_trusted && `trusted: DMARC ${arc.sealed_dmarc}`, arc.reason) });
  rows.push({ key: 'iprev', kind: 'iprev', name: 'PTR', result: iprev.result, detail: iprev.name }, { key: 'helo', kind: 'helo', name: 'HELO', result: helo.result, detail: '' });
  verdicts.dns_lists.forEach((each, at) => rows.push({ key: `list${at}`, kind: 'list', name: each.list, result: each.is_allow ? 'pass' : 'fail', detail: each.answer }));
  return rows;
}
