// A text to try the document on: what would be found, by which rule, and what would be left. Nothing of it is stored.
import { useLayoutEffect, useState } from 'react';
import { post, wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Select, TextField } from '@/kit/Field';
import { Card } from '@/kit/Page';
import type { RuleMode } from '../api';
import { ModeBadge } from '../redaction/ModeBadge';
import { pieces } from './byte_ranges';
import { changeDraft, type Draft } from './draft';

interface Finding { rule: string; label: string; mode: RuleMode; begin: number; end: number }
interface Trial { text: string; findings: Finding[]; after: string }
const kKinds = ['body', 'typed', 'header', 'attachment', 'filename'] as const;

export function TryText({ draft }: { draft: Draft }) {
  const t = useWords('operate');
  const [kind, setKind] = useState<string>('body');
  const [trial, setTrial] = useState<Trial | null>(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  useLayoutEffect(() => setTrial(null), [draft.sample, draft.document, kind]); // it was about another text
  const run = async () => {
    setBusy(true);
    setProblem('');
    try {
      const text = draft.sample;
      const answer = await post('/api/v2/redaction_rules/test', { document: draft.document, text, kind });
      setTrial({ text, ...answer });
    } catch (wrong) { setTrial(null); setProblem(wordsOf(wrong)); }
    setBusy(false);
  };
  return (
    <Card title={t('try.title')}>
      <TextField label={t('try.text')} hint={t('try.hint')} value={draft.sample} rows={5} spellCheck={false} onChange={(event) => changeDraft({ sample: event.currentTarget.value })} error={problem} />
      <div className="flex flex-wrap items-end gap-x-4">
        <Select label={t('try.kind')} boxClass="min-w-44" value={kind} onChange={(event) => setKind(event.currentTarget.value)}>{kKinds.map((each) => <option key={each} value={each}>{t(`try.kinds.${each}`)}</option>)}</Select>
        <Button className="mb-3" isBusy={isBusy} disabled={!draft.sample.trim()} onClick={() => void run()}>{t('try.do')}</Button>
      </div>
      <div role="status">
        {trial && (
          <>
            <p className="font-medium">{t('try.found', { count: trial.findings.length })}</p>
            <p className="mt-1 rounded-md bg-ground p-2 font-mono text-[0.85em] [overflow-wrap:anywhere] whitespace-pre-wrap">{pieces(trial.text, trial.findings).map((each, at) => (each.found ? <mark key={at} title={each.found.rule}>{each.text}</mark> : <span key={at}>{each.text}</span>))}</p>
            {trial.findings.length > 0 && <ul className="mt-2 list-none p-0">{trial.findings.map((each, at) => <li key={at} className="flex flex-wrap items-center gap-2 py-0.5"><code>{each.rule}</code>{each.label && <span className="text-faint">{each.label}</span>}<ModeBadge mode={each.mode} /></li>)}</ul>}
            <h3 className="mt-3 mb-1">{t('try.after')}</h3>
            <p className="rounded-md bg-ground p-2 font-mono text-[0.85em] [overflow-wrap:anywhere] whitespace-pre-wrap">{trial.after}</p>
          </>
        )}
      </div>
    </Card>
  );
}
