// Who has really sent this: one badge a method, and on asking why, with the DNS records that were the proof.
import { useId, useState, type ReactNode } from 'react';
import { useWords, type Words } from '@/i18n';
import { Badge } from '@/kit/Badge';
import type { Verdicts as Findings } from '@/screens/desk/types';
import { bestDkim, proofOf, toneOf } from './verdict';

const join = (...parts: (string | false | null | undefined)[]) => parts.filter(Boolean).join(' · ');
const signs = { pass: '✓', fail: '✗', permerror: '✗' } as Record<string, string>;

const Method = ({ name, result }: { name: string; result: string }) => <Badge tone={toneOf(result)}><span aria-hidden>{signs[result] ?? '–'}</span>{name} {result}</Badge>;

function reasons(found: Findings, t: Words): [string, ReactNode][] {
  const { spf, dmarc, arc, iprev, spam, parse } = found;
  const rows: [string, ReactNode][] = [['SPF', join(spf.result, spf.domain && `${spf.identity}: ${spf.domain}`, spf.reason, spf.explanation)]];
  for (const each of found.dkim) rows.push(['DKIM', join(each.result, each.domain && `${each.selector}._domainkey.${each.domain}`, each.algorithm, each.key_bits > 0 && t('bits', { count: each.key_bits }), each.reason)]);
  if (found.dkim.length === 0) rows.push(['DKIM', t('no_signature')]);
  rows.push(['DMARC', join(dmarc.result, dmarc.domain, t('policy', { policy: dmarc.policy }), dmarc.aligned_by.length ? t('aligned_by', { what: dmarc.aligned_by.join(', ') }) : dmarc.reason || t('not_aligned'),
    dmarc.overridden_by && t('overridden', { why: dmarc.overridden_by.replaceAll('_', ' ') }))]);
  if (arc.instances) rows.push(['ARC', join(arc.result, t('arc_sets', { count: arc.instances }), arc.sealer && t('sealed_by', { who: arc.sealer }), arc.is_trusted && t('arc_trusted', { result: arc.sealed_dmarc }), arc.reason)]);
  rows.push([t('reverse_dns'), join(iprev.result, iprev.name)]);
  for (const each of found.dns_lists ?? []) rows.push([t(each.is_allow ? 'allow_list' : 'deny_list'), join(each.list, each.answer)]);
  rows.push([t('spam'), join(t('score', { score: spam.score.toFixed(1) }), spam.symbols.map((each) => `${each.name} ${each.weight}`).join(', '))]);
  if (parse.degraded) rows.push([t('structure'), t('structure_bad', { defects: parse.defects.join(', ') || t('shown_as_text') })]);
  return rows;
}

const Row = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="grid gap-x-3 border-t border-line py-1 first:border-0 sm:grid-cols-[9rem_1fr]"><dt className="font-semibold">{name}</dt><dd className="whitespace-pre-wrap [overflow-wrap:anywhere]">{children}</dd></div>
);

function Records({ steps }: { steps: NonNullable<Findings['dns']> }) {
  const t = useWords('ticket');
  if (steps.length === 0) return null;
  return (
    <details className="mt-2">
      <summary className="cursor-pointer py-0.5">{t('dns_records', { count: steps.length })}</summary>
      <dl className="mt-1 font-mono text-xs">
        {steps.map((each, at) => (
          <div key={at} className="border-t border-line py-1"><dt className="font-semibold [overflow-wrap:anywhere]">{each.method} · {each.type} {each.name}</dt>
            <dd className="whitespace-pre-wrap [overflow-wrap:anywhere]">{[`${each.status}${each.is_secure ? ', DNSSEC' : ''}`, ...each.records].join('\n')}</dd></div>
        ))}
      </dl>
    </details>
  );
}

export function Verdicts({ verdicts }: { verdicts: Findings }) {
  const t = useWords('ticket');
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const proof = proofOf(verdicts);
  const tone = { proven: 'good', refuted: 'bad', unproven: 'warn' } as const;
  return (
    <>
      <div role="group" aria-label={t('authentication')} className="flex flex-wrap items-center gap-1">
        <Badge tone={tone[proof]}><span aria-hidden>{proof === 'proven' ? '✓' : proof === 'refuted' ? '✗' : '?'}</span>{t(`sender.${proof}`)}</Badge>
        <Method name="SPF" result={verdicts.spf.result} /><Method name="DKIM" result={bestDkim(verdicts.dkim)} /><Method name="DMARC" result={verdicts.dmarc.result} />
        {verdicts.arc.instances > 0 && <Method name="ARC" result={verdicts.arc.result} />}
        {verdicts.parse.degraded && <Badge tone="warn">{t('damaged')}</Badge>}
        {verdicts.spam.action !== 'accept' && <Badge tone="bad">{t('spam_suspected')}</Badge>}
        <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)} className="min-h-6 px-1 text-xs text-accent underline">{t(isOpen ? 'why_hide' : 'why')}</button>
      </div>
      <div id={id} hidden={!isOpen} className="mt-2 rounded-lg border border-line bg-ground p-3 text-sm">
        {isOpen && <><p className="mb-2">{t(`sender_why.${proof}`)}</p><dl>{reasons(verdicts, t).map(([name, text], at) => <Row key={at} name={name}>{text}</Row>)}</dl><Records steps={verdicts.dns ?? []} /></>}
      </div>
    </>
  );
}
