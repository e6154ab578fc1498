// The last step: does a reply pass, and what does its proof cost the receiver?
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Card } from '@/kit/Page';
import type { DomainAdvice, ForecastPath, SpfBudget } from '../api';
import { Said } from '../Said';
import { toneOf } from './steps';
import { useAdviceWords } from './words';

function Path({ name, path }: { name: string; path: ForecastPath }) {
  const t = useWords('mail');
  const state = !path.certain ? 'unknown' : path.passes ? 'ok' : 'different';
  return (
    <li className="flex flex-wrap items-baseline gap-2 border-t border-line py-2 first:border-0">
      <strong className="w-16">{name}</strong><Badge tone={toneOf(state)}>{t(`forecast.${state}`)}</Badge><span className="min-w-0 flex-1 text-faint [overflow-wrap:anywhere]"><Said text={path.reason} /></span>
    </li>
  );
}

function Budget({ budget }: { budget: SpfBudget }) {
  const t = useWords('mail');
  const share = Math.min(1, budget.lookups / budget.lookups_max);
  return (
    <Card title={t('budget.title')}>
      <p className="mb-2 max-w-prose text-faint">{t('budget.why')}</p>
      <div role="meter" aria-label={t('budget.title')} aria-valuemin={0} aria-valuemax={budget.lookups_max} aria-valuenow={Math.min(budget.lookups, budget.lookups_max)} aria-valuetext={t('budget.used', { used: budget.lookups, most: budget.lookups_max })}
        className="h-3 overflow-hidden rounded-full border border-line-strong bg-ground"><div className={`h-full ${share > 0.8 ? 'bg-bad' : 'bg-accent'}`} style={{ width: `${share * 100}%` }} /></div>
      <p className="mt-1">{t('budget.used', { used: budget.lookups, most: budget.lookups_max })}{' · '}{t('budget.void', { used: budget.void_lookups, most: budget.void_lookups_max })}{!budget.complete && ` · ${t('budget.incomplete')}`}</p>
      {budget.terms.length > 0 && (
        <ul className="mt-2 list-none p-0 text-sm">
          {budget.terms.map((term, at) => <li key={at} style={{ paddingLeft: `${term.depth * 1.25}rem` }} className="py-0.5"><code className="break-all">{term.term}</code> <span className="text-faint">{t('budget.costs', { count: term.lookups })}</span>{term.problem && <span lang="en" className="text-bad"> {term.problem}</span>}</li>)}
        </ul>
      )}
    </Card>
  );
}

export function ProofStep({ advice }: { advice: DomainAdvice }) {
  const t = useWords('mail');
  const words = useAdviceWords();
  const { reply } = advice;
  return (
    <>
      <Card title={t('forecast.title')} actions={<Badge tone={toneOf(reply.state)}>{words.state(reply.state)}</Badge>}>
        <p className="max-w-prose font-medium">{t(`forecast.reply.${reply.state}`, { from: reply.from })}</p>
        <ul className="mt-2 list-none p-0"><Path name="DKIM" path={reply.dkim} /><Path name="SPF" path={reply.spf} /></ul>
      </Card>
      <Budget budget={advice.spf_budget} />
    </>
  );
}
