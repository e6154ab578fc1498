// What the server says about the document: asked a moment after the last key, and whenever wanted. An answer to an older
// text is dropped.
import { useCallback, useEffect, useRef, useState } from 'react';
import { post, wordsOf } from '@/api/http';
import type { RuleProblem, RuleSpec } from '../api';
import { lineProblems } from '../redaction/trouble';

const kPauseMs = 1_500;

export type Checked = { state: 'idle' | 'running' } | { state: 'good'; tests: number; rules: RuleSpec[] } | { state: 'bad'; problems: RuleProblem[] } | { state: 'failed'; words: string };

export async function checkDocument(document: string): Promise<Checked> {
  try {
    const answer = await post('/api/v2/redaction_rules/check', { document });
    return { state: 'good', tests: answer.tests_run, rules: answer.redaction_rules };
  } catch (problem) {
    const problems = lineProblems(problem);
    return problems ? { state: 'bad', problems } : { state: 'failed', words: wordsOf(problem) };
  }
}

export function useCheck(document: string | undefined, isWanted: boolean) {
  const [checked, setChecked] = useState<Checked>({ state: 'idle' });
  const newest = useRef(0);
  const check = useCallback(async (): Promise<Checked> => {
    const mine = ++newest.current;
    if (document === undefined) return { state: 'idle' };
    setChecked((was) => (was.state === 'bad' ? was : { state: 'running' }));
    const answer = await checkDocument(document);
    if (mine === newest.current) setChecked(answer);
    return answer;
  }, [document]);
  useEffect(() => {
    if (!isWanted) return;
    const timer = setTimeout(() => void check(), kPauseMs);
    return () => clearTimeout(timer);
  }, [check, isWanted]);
  return { checked, check, setChecked };
}
