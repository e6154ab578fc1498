// The server's word on the document: how many samples hold, or each problem with a way to its line.
import { useWords } from '@/i18n';
import type { RuleProblem } from '../api';
import { problemWords } from '../words';
import type { Checked } from './useCheck';

function Problem({ problem, onLine }: { problem: RuleProblem; onLine: (line: number) => void }) {
  const t = useWords('operate');
  const known = problemWords(t, problem);
  const words = <span className="[overflow-wrap:anywhere]">{problem.rule && <code>{problem.rule}: </code>}{known ?? <span lang="en">{problem.text ?? problem.description}</span>}</span>;
  if (!problem.line) return <li className="py-1">{words}</li>;
  const line = problem.line;
  return <li className="py-1"><button type="button" className="mr-2 min-h-6 rounded border border-bad px-2 text-bad" onClick={() => onLine(line)}>{t('editor.line', { line })}</button>{words}</li>;
}

export function Verdict({ id, checked, onLine }: { id: string; checked: Checked; onLine: (line: number) => void }) {
  const t = useWords('operate');
  return (
    <div id={id} role="status" className="mt-2 min-h-7">
      {checked.state === 'running' && <p className="text-faint">{t('editor.checking')}</p>}
      {checked.state === 'good' && <p className="font-medium text-good">✓ {t('editor.good', { count: checked.tests })}</p>}
      {checked.state === 'failed' && <p className="text-bad">{checked.words}</p>}
      {checked.state === 'bad' && (
        <div className="rounded-lg border border-bad bg-bad-ground p-3">
          <p className="font-semibold text-bad">{t('editor.bad', { count: checked.problems.length })}</p>
          <ul className="m-0 list-none p-0">{checked.problems.map((each, at) => <Problem key={at} problem={each} onLine={onLine} />)}</ul>
        </div>
      )}
    </div>
  );
}
