// Which words are to be removed from a message: what was selected, or what is typed.
import { useState } from 'react';
import type { Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { TextField } from '@/kit/Field';
import type { Comment } from '@/screens/desk/types';
import { redactText } from './redact';

export function RedactDialog({ ticket, comment, phrase, onClose }: { ticket: Id; comment: Comment; phrase: string; onClose: () => void }) {
  const t = useWords('ticket');
  const [text, setText] = useState(phrase);
  const [error, setError] = useState('');
  const act = () => {
    const words = text.trim();
    if (!words || (!comment.body_truncated && !comment.body.includes(words))) { setError(t('redact_phrase_missing')); return; }
    onClose();
    void redactText(ticket, comment, words, t);
  };
  return (
    <Dialog title={t('redact_phrase')} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); act(); }}>
        <TextField autoFocus rows={2} label={t('redact_phrase_label')} hint={t('for_good')} error={error} value={text} onInput={(event) => setText(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); act(); } }} />
        <div className="flex justify-end gap-2"><Button onClick={onClose}>{t('common:cancel')}</Button><Button type="submit" look="danger">{t('common:next')}</Button></div>
      </form>
    </Dialog>
  );
}
