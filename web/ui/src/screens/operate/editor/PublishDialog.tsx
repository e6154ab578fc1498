// The last look before a document is in force: what it changes of the rules now, and what to do when somebody was faster.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState, type FormEvent } from 'react';
import { post, wordsOf } from '@/api/http';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Check, Field } from '@/kit/Field';
import { Wait } from '@/kit/Wait';
import { rulesQuery, type RuleProblem, type RuleSpec } from '../api';
import { forgetRules } from '../redaction/live_counts';
import { inTheWay, lineProblems, type InTheWay } from '../redaction/trouble';
import { changeDraft, startOver, type Draft } from './draft';
import { Differences } from './Differences';
import { ruleDifferences } from './rule_diff';

interface Props { draft: Draft; rules: RuleSpec[]; onClose: () => void; onProblems: (problems: RuleProblem[]) => void }

export function PublishDialog({ draft, rules, onClose, onProblems }: Props) {
  const t = useWords('operate');
  const inForce = useQuery({ ...rulesQuery, staleTime: 0 }).data;
  const changes = useMemo(() => (inForce ? ruleDifferences(inForce.redaction_rules, rules) : null), [inForce, rules]);
  const [isActivated, setActivated] = useState(true);
  const [other, setOther] = useState<InTheWay | null>(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const key = useRef(crypto.randomUUID());
  const publish = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem('');
    try {
      const answer = await post('/api/v2/redaction_rule_sets', { redaction_rule_set: { document: draft.document, note: draft.note, activate: isActivated, on_top_of: other?.version ?? draft.base } }, { key: key.current });
      notice(answer.changed ? t(isActivated ? 'publish.done' : 'publish.stored', { version: answer.redaction_rule_set.number }) : t('publish.unchanged'));
      for (const each of answer.warnings) notice(each);
      await forgetRules();
      await startOver({ document: draft.document, base: isActivated ? answer.redaction_rule_set.number : draft.base });
      onClose();
      if (!isActivated) go(`/operate/redaction/versions?to=${answer.redaction_rule_set.number}`);
    } catch (wrong) {
      key.current = crypto.randomUUID(); // another try is another request
      const lines = lineProblems(wrong);
      if (lines) { onProblems(lines); onClose(); return; }
      const found = inTheWay(wrong);
      setOther(found);
      if (found) void forgetRules();
      else setProblem(wordsOf(wrong));
      setBusy(false);
    }
  };
  const nothing = changes?.length === 0 && !other;
  return (
    <Dialog title={t('publish.title')} onClose={onClose} className="w-[52rem]">
      <form onSubmit={(event) => void publish(event)}>
        {other && <div role="alert" className="mb-3 rounded-lg border border-warn bg-warn-ground p-3"><p className="font-semibold text-warn">{t('conflict.title', { version: other.version, base: draft.base })}</p><p className="mt-1">{t('conflict.text', { version: other.version })}</p></div>}
        <p className="mb-2">{other ? t('publish.changes_of', { version: other.version }) : t('publish.changes')}</p>
        {other ? <Differences list={other.differences} /> : changes ? <Differences list={changes} /> : <Wait />}
        {nothing && <p className="mt-2 text-faint">{t('publish.nothing')}</p>}
        <div className="mt-4">
          <Field label={t('publish.note')} hint={t('publish.note_hint')} value={draft.note} onChange={(event) => changeDraft({ note: event.currentTarget.value })} />
          <Check label={t('publish.activate')} hint={t('publish.activate_hint')} checked={isActivated} onChange={(event) => setActivated(event.currentTarget.checked)} />
        </div>
        {problem && <p role="alert" className="my-3 text-bad">{problem}</p>}
        <div className="mt-3 flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t('publish.back')}</Button>
          <Button look={other ? 'danger' : 'main'} type="submit" isBusy={isBusy} disabled={!changes}>{other ? t('conflict.do', { version: other.version }) : t(isActivated ? 'publish.do' : 'publish.store')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
