// Who really sent this: one badge a method, and on asking why, with the DNS records that were the proof.
import { lazy, Suspense, useId, useState } from 'react';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import type { Verdicts as Findings } from '@/screens/desk/types';
import { bestDkim, proofOf, toneOf } from './verdict';

const Reasons = lazy(() => import('./Reasons'));
const signs = { pass: '✓', fail: '✗', permerror: '✗' } as Record<string, string>;

const Method = ({ name, result }: { name: string; result: string }) => <Badge tone={toneOf(result)}><span aria-hidden>{signs[result] ?? '–'}</span>{name} {result}</Badge>;

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
        {isOpen && <><p className="mb-2">{t(`sender_why.${proof}`)}</p><Suspense fallback={null}><Reasons verdicts={verdicts} /></Suspense></>}
      </div>
    </>
  );
}
