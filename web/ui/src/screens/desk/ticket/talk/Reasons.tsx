// Why the sender was judged so: each check with its result, the parts of the spam score, what DNS answered. Its words come with it.
import type { ReactNode } from 'react';
import { useWords } from '@/i18n';
import { checkRows, defectWords, resultWords } from '@/kit/checks/checkRows';
import { points } from '@/kit/plot_data';
import type { Verdicts } from '@/screens/desk/types';

const Row = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="grid gap-x-3 border-t border-line py-1 first:border-0 sm:grid-cols-[9rem_1fr]"><dt className="font-semibold">{name}</dt><dd className="whitespace-pre-wrap [overflow-wrap:anywhere]">{children}</dd></div>
);

function Records({ steps }: { steps: NonNullable<Verdicts['dns']> }) {
  const t = useWords('checks');
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

export default function Reasons({ verdicts }: { verdicts: Verdicts }) {
  const t = useWords('checks');
  const symbols = useWords('suspended');
  const { spam, parse, dns } = verdicts;
  return (
    <>
      <dl>
        {checkRows(t, verdicts).map((each) => <Row key={each.key} name={each.name}>{[resultWords(t, each.result), each.detail].filter(Boolean).join(' · ')}</Row>)}
        <Row name={t('spam')}>
          {t('score', { score: points(spam.score) })}
          {spam.symbols.length > 0 && <ul>{spam.symbols.map((each) => <li key={each.name}><span className="tabular-nums">{points(each.weight, true)}</span> {symbols(`symbol.${each.name}`, { defaultValue: each.name })}</li>)}</ul>}
        </Row>
        {parse.degraded && <Row name={t('structure')}>{t('structure_bad', { defects: defectWords(t, parse.defects) || t('shown_as_text') })}</Row>}
      </dl>
      <Records steps={dns ?? []} />
    </>
  );
}
