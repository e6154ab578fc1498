// Splitting: picked messages become a ticket of their own.
import { useState } from 'react';
import { post, wordsOf, type Id } from '@/api/http';
import { queries } from '@/app/session';
import { go } from '@/app/place';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Field } from '@/kit/Field';
import { told } from './job';

export function SplitBar({ ticket, subject, picked, total, onEnd }: { ticket: Id; subject: string; picked: string[]; total: number; onEnd: () => void }) {
  const t = useWords('ticket');
  const [text, setText] = useState(subject);
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const act = async () => {
    setBusy(true);
    setError('');
    try {
      const done = await post(`/api/v2/tickets/${ticket}/split`, { comment_ids: picked, subject: text }, { key: crypto.randomUUID() });
      void queries.invalidateQueries({ queryKey: ['ticket', String(ticket)] });
      told(t('split_done', { ticket: done.ticket.id }), done.undo_url, t);
      onEnd();
      go(`/tickets/${done.ticket.id}`);
    } catch (problem) { setError(wordsOf(problem)); } finally { setBusy(false); }
  };
  const isAll = picked.length >= total;
  return (
    <div role="group" aria-label={t('split')} className="flex flex-wrap items-end gap-2 border-b border-line bg-accent-ground px-3 py-2">
      <p className="w-full text-sm">{t('split_hint')}</p>
      <Field boxClass="mb-0! min-w-48 flex-1" label={t('split_subject')} value={text} error={error || (isAll ? t('split_all') : undefined)} onInput={(event) => setText(event.currentTarget.value)} />
      <Button look="main" isBusy={isBusy} disabled={picked.length === 0 || isAll} onClick={() => void act()}>{t('split_do', { count: picked.length })}</Button>
      <Button onClick={onEnd}>{t('common:cancel')}</Button>
    </div>
  );
}
