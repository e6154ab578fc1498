// The rules of the workspace as one document: written, checked line by line, tried on a text, put in force.
import { useCallback, useId, useMemo, useRef, useState } from 'react';
import { wordsOf } from '@/api/http';
import { notice } from '@/app/notices';
import { useCommands } from '@/app/keys';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Card, Failed } from '@/kit/Page';
import { Wait } from '@/kit/Wait';
import type { RuleSpec } from '../api';
import { RedactionPage } from '../redaction/RedactionPage';
import { CodeArea, type CodeAreaHandle } from './CodeArea';
import { changeDraft, isChanged, startOver, useDraft, type Draft } from './draft';
import { kExample } from './example';
import { PublishDialog } from './PublishDialog';
import { TryText } from './TryText';
import { useCheck } from './useCheck';
import { Verdict } from './Verdict';

function Outdated({ draft, active }: { draft: Draft; active: number }) {
  const t = useWords('operate');
  const again = async () => {
    if (await confirmed({ title: t('editor.discard_title'), text: t('editor.discard_text'), action: t('editor.discard'), isDangerous: true })) await startOver();
  };
  return (
    <div role="alert" className="mb-4 rounded-lg border border-warn bg-warn-ground p-3">
      <p className="font-semibold text-warn">{t('conflict.title', { version: active, base: draft.base })}</p>
      <p className="mt-1">{t('editor.outdated')}</p>
      <p className="mt-2 flex flex-wrap gap-2"><a className="self-center" href={`#/operate/redaction/versions?from=${draft.base}&to=${active}`}>{t('editor.see_theirs')}</a><Button onClick={() => void again()}>{t('editor.take_theirs', { version: active })}</Button></p>
    </div>
  );
}

function Workbench({ draft }: { draft: Draft }) {
  const t = useWords('operate');
  const area = useRef<CodeAreaHandle>(null);
  const ids = useId();
  const { checked, check, setChecked } = useCheck(draft.document, isChanged(draft));
  const [ready, setReady] = useState<RuleSpec[] | null>(null);
  const publish = useCallback(async () => {
    const answer = await check();
    if (answer.state === 'good') setReady(answer.rules);
    else if (answer.state === 'bad') area.current?.showLine(answer.problems.find((each) => each.line)?.line ?? 1);
  }, [check]);
  useCommands(useMemo(() => [
    { id: 'rules.check', title: t('editor.check'), group: t('group'), keys: 'Mod+Enter', inFields: true, run: () => void check() },
    { id: 'rules.publish', title: t('editor.publish'), group: t('group'), keys: 'Mod+S', inFields: true, run: () => void publish() },
  ], [t, check, publish]));
  const problems = useMemo(() => new Map(checked.state === 'bad' ? checked.problems.filter((each) => each.line).map((each) => [each.line!, each.text ?? each.description]) : []), [checked]);
  const discard = async () => {
    if (!(await confirmed({ title: t('editor.discard_title'), text: t('editor.discard_text'), action: t('editor.discard'), isDangerous: true }))) return;
    const kept = draft.document;
    await startOver();
    setChecked({ state: 'idle' });
    notice(t('editor.discarded'), { undo: () => changeDraft({ document: kept }) });
  };
  return (
    <>
      <div className="grid gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Card title={t('editor.document')} actions={<><Button isBusy={checked.state === 'running'} onClick={() => void check()}>{t('editor.check')}</Button><Button disabled={!isChanged(draft)} onClick={() => void discard()}>{t('editor.discard')}</Button><Button look="main" disabled={!isChanged(draft)} onClick={() => void publish()}>{t('editor.publish')}</Button></>}>
          <p className="mb-2 text-sm text-faint">{t(isChanged(draft) ? 'editor.changed' : draft.base === 0 ? 'editor.empty' : 'editor.same', { version: draft.base })}</p>
          <CodeArea ref={area} id={`${ids}-area`} label={t('editor.document')} describedBy={`${ids}-verdict`} value={draft.document} problems={problems} onChange={(document) => changeDraft({ document })} />
          <Verdict id={`${ids}-verdict`} checked={checked} onLine={(line) => area.current?.showLine(line)} />
          <div className="mt-2 flex flex-wrap gap-2">
            <Button onClick={() => changeDraft({ document: `${draft.document.trimEnd()}${draft.document.trim() ? '\n\n' : ''}${kExample}` })}>{t('editor.example')}</Button>
            <a className="self-center" href="#/operate/redaction/replays?try=draft">{t('editor.replay')}</a>
          </div>
        </Card>
        <div className="min-w-0">
          <TryText draft={draft} />
          <Card title={t('help.title')}><ul className="list-disc pl-5 text-sm text-faint">{['change', 'rule', 'samples', 'shadow', 'cards'].map((each) => <li key={each} className="mb-1">{t(`help.${each}`)}</li>)}</ul></Card>
        </div>
      </div>
      {ready && <PublishDialog draft={draft} rules={ready} onClose={() => setReady(null)} onProblems={(list) => setChecked({ state: 'bad', problems: list })} />}
    </>
  );
}

export default function Editor() {
  const t = useWords('operate');
  const { draft, active, isOutdated, error, refetch } = useDraft();
  return (
    <RedactionPage intro={t('editor.intro')}>
      {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
      {!draft && !error && <Wait />}
      {draft && isOutdated && active !== undefined && <Outdated draft={draft} active={active} />}
      {draft && <Workbench draft={draft} />}
    </RedactionPage>
  );
}
