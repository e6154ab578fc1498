// One time that a trigger fired: why, and what it did.
import { useWords } from '@/i18n';
import { useRuleWords } from '@/kit/rules/useRuleWords';
import { ruleRun } from '@/screens/desk/ticket/data/eventWords';

export function Fired({ detail }: { detail: string }) {
  const t = useWords('rules');
  const run = ruleRun(detail);
  const say = useRuleWords([...run.did, ...run.skipped]);
  const lines: [string, string[]][] = [['explain.because', run.because.map(say.condition)], ['explain.did', run.did.map(say.action)], ['explain.not_done', run.skipped.map(say.action)]];
  const told = lines.filter(([, list]) => list.length > 0);
  if (told.length === 0 && !run.note) return <p className="text-faint [overflow-wrap:anywhere]">{run.title}</p>;
  return (
    <>
      {told.map(([key, list]) => <p key={key} className="text-faint [overflow-wrap:anywhere]">{t(key)} {list.join('; ')}</p>)}
      {run.note && <p className="text-faint">{t('explain.wrote')}</p>}
    </>
  );
}
