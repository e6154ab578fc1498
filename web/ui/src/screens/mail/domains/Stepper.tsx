// The steps of the wizard with how far each is; a list of links, so that any step can be taken at any time.
import { useWords } from '@/i18n';
import type { DnsRecord } from '../api';
import { kSteps, progressOf, recordsOf, type Step } from './steps';

export function Stepper({ domain, records, current }: { domain: string; records: DnsRecord[]; current: Step }) {
  const t = useWords('mail');
  return (
    <nav aria-label={t('steps.label')} className="mb-4">
      <ol className="m-0 grid list-none gap-2 p-0 sm:grid-cols-2 lg:grid-cols-5">
        {kSteps.map((step, at) => {
          const { right, total, wrong, better } = progressOf(recordsOf(records, step));
          const isCurrent = step === current;
          const state = step === 'proof' ? t('steps.proof_state') : total === 0 ? t('steps.empty') : wrong ? t('steps.wrong', { count: wrong }) : better ? t('steps.better', { count: better }) : t('steps.right', { right, total });
          return (
            <li key={step}>
              <a href={`#/mail/domains/${encodeURIComponent(domain)}?step=${step}`} aria-current={isCurrent ? 'step' : undefined}
                className="flex h-full items-start gap-2 rounded-lg border border-line bg-paper p-2.5 text-ink no-underline hover:bg-accent-ground aria-[current]:border-accent aria-[current]:bg-accent-ground">
                <span aria-hidden className={`grid size-6 shrink-0 place-items-center rounded-full border text-xs font-semibold ${wrong ? 'border-bad text-bad' : total && right === total ? 'border-good bg-good-ground text-good' : 'border-line-strong text-faint'}`}>{total && right === total && !wrong ? '✓' : at + 1}</span>
                <span className="min-w-0"><span className="block font-semibold">{t(`steps.${step}`)}</span><span className={`block text-sm ${wrong ? 'text-bad' : 'text-faint'}`}>{state}</span></span>
              </a>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
