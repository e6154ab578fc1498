// One signature: typed with placeholders, measured, saved. What was typed survives a refusal, and is not left without a question.
import { useState, type FormEvent, type ReactNode } from 'react';
import { ApiError } from '@/api/http';
import { notice } from '@/app/notices';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Template } from '@/kit/actions/Template';
import { Button } from '@/kit/Button';
import { useLeaveGuard } from '@/kit/editor/useLeaveGuard';
import { tell, useAct } from '@/kit/act';
import { isOutdated } from '@/api/versions';
import { bytesOf, kBytesMax, type Stored } from './api';

interface Props { label: string; hint: string; stored: Stored; onSave: (text: string) => Promise<unknown>; below?: (text: string) => ReactNode }

export function SignatureForm({ label, hint, stored: { text: stored, isFormatted }, onSave, below }: Props) {
  const t = useWords('signatures');
  const [text, setText] = useState(stored);
  const [trouble, setTrouble] = useState<string>();
  const [isChanged, setChanged] = useState(false); // by somebody else, while it was typed here
  const [isBusy, act] = useAct();
  const isDirty = text !== stored;
  useLeaveGuard(isDirty);
  const size = bytesOf(text);
  const tooLong = size > kBytesMax ? t('too_long', { most: number(kBytesMax), size: number(size) }) : undefined;

  const save = (event: FormEvent) => {
    event.preventDefault();
    if (tooLong) return;
    setTrouble(undefined);
    setChanged(false);
    void act(async () => {
      try {
        await onSave(text.trimEnd());
        setText(text.trimEnd());
        notice(t(text.trim() ? 'saved' : 'taken_away'));
      } catch (problem) {
        const about = problem instanceof ApiError ? problem.about('signature') ?? problem.about('body') : undefined;
        if (isOutdated(problem)) setChanged(true);
        else if (about) setTrouble(about);
        else tell(problem);
      }
    });
  };
  return (
    <form onSubmit={save} noValidate>
      {isFormatted && <p className="mb-3 rounded-lg border border-warn bg-warn-ground p-3 text-warn">{t('formatted')}</p>}
      <Template label={label} hint={hint} value={text} rows={5} error={tooLong ?? (isChanged ? t('changed_meanwhile', { theirs: stored }) : trouble)} onChange={setText} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="main" isBusy={isBusy} disabled={!isDirty || tooLong !== undefined}>{t('common:save')}</Button>
        {isDirty && <Button onClick={() => { setText(stored); setTrouble(undefined); setChanged(false); }}>{t('rules:discard')}</Button>}
        <span role="status" className="text-sm text-faint">{isDirty ? t('rules:unsaved') : ''}</span>
      </div>
      {below?.(text)}
    </form>
  );
}
