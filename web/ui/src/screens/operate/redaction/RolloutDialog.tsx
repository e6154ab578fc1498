// Where a rule is enforced: everywhere, or inbox by inbox with another mode elsewhere.
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { wordsOf } from '@/api/http';
import { notice } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Check, Field, Select } from '@/kit/Field';
import { changed, inboxesQuery, rulesQuery, type RuleMode, type RuleSpec } from '../api';
import { forgetRules } from './live_counts';
import { isOutdated } from './trouble';

const kModes: RuleMode[] = ['enforce', 'shadow', 'off'];

function InboxChoice({ chosen, onChange }: { chosen: string[]; onChange: (next: string[]) => void }) {
  const t = useWords('operate');
  const { data, error } = useQuery(inboxesQuery);
  const known = [...new Set([...(data ?? []).map((each) => each.address), ...chosen])];
  return (
    <fieldset className="mb-3 max-h-56 overflow-auto rounded-md border border-line p-3">
      <legend className="px-1 text-sm font-semibold">{t('rollout.inboxes')}</legend>
      {error && <p className="text-bad">{wordsOf(error)}</p>}
      {known.map((each) => <Check key={each} label={each} checked={chosen.includes(each)} onChange={(event) => onChange(event.currentTarget.checked ? [...chosen, each] : chosen.filter((one) => one !== each))} />)}
    </fieldset>
  );
}

export function RolloutDialog({ rule, version, onClose }: { rule: RuleSpec; version: number; onClose: () => void }) {
  const t = useWords('operate');
  const [mode, setMode] = useState<RuleMode>(rule.mode);
  const [isPartly, setPartly] = useState(rule.inboxes.length > 0);
  const [inboxes, setInboxes] = useState(rule.inboxes);
  const [elsewhere, setElsewhere] = useState<RuleMode>(rule.elsewhere);
  const [note, setNote] = useState('');
  const [on, setOn] = useState(version);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isPartly && inboxes.length === 0) { setProblem(t('rollout.no_inbox')); return; }
    setBusy(true);
    try {
      const answer = await changed('POST', `/api/v2/redaction_rules/${encodeURIComponent(rule.id)}/rollout`, on, { rollout: { mode, ...(isPartly ? { inboxes, elsewhere } : {}), ...(note ? { note } : {}) } });
      notice(answer.changed ? t('rollout.done', { rule: rule.id, version: answer.redaction_rule_set.number }) : t('rollout.unchanged'));
      for (const each of answer.warnings) notice(each);
      void forgetRules();
      onClose();
    } catch (wrong) {
      setProblem(isOutdated(wrong) ? t('rollout.conflict') : wordsOf(wrong));
      setBusy(false);
      if (!isOutdated(wrong)) return;
      await forgetRules();
      setOn((await queries.fetchQuery(rulesQuery)).version); // asked once more by whoever presses the button again
    }
  };
  return (
    <Dialog title={t('rollout.title', { rule: rule.id })} onClose={onClose} className="w-[34rem]">
      <form onSubmit={(event) => void submit(event)}>
        <Select label={t('rollout.mode')} value={mode} onChange={(event) => setMode(event.currentTarget.value as RuleMode)} hint={t(`mode.means.${mode}`)}>{kModes.map((each) => <option key={each} value={each}>{t(`mode.${each}`)}</option>)}</Select>
        <Check label={t('rollout.partly')} hint={t('rollout.partly_hint')} checked={isPartly} onChange={(event) => setPartly(event.currentTarget.checked)} />
        {isPartly && (
          <>
            <InboxChoice chosen={inboxes} onChange={(next) => { setInboxes(next); setProblem(''); }} />
            <Select label={t('rollout.elsewhere')} value={elsewhere} onChange={(event) => setElsewhere(event.currentTarget.value as RuleMode)}>{kModes.map((each) => <option key={each} value={each}>{t(`mode.${each}`)}</option>)}</Select>
          </>
        )}
        <Field label={t('rollout.note')} hint={t('rollout.note_hint')} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        {problem && <p role="alert" className="mb-3 text-bad">{problem}</p>}
        <div className="flex justify-end gap-2"><Button onClick={onClose}>{t('common:cancel')}</Button><Button look="main" type="submit" isBusy={isBusy}>{t('rollout.do')}</Button></div>
      </form>
    </Dialog>
  );
}
