// The question that is asked at this moment (kit/ask); one <Confirms/> is in the page.
import { useSyncExternalStore } from 'react';
import { useWords } from '@/i18n';
import { followQuestion, openQuestion } from './ask';
import { Button } from './Button';
import { Dialog } from './Dialog';

export { confirmed } from './ask';

export function Confirms() {
  const t = useWords();
  const open = useSyncExternalStore(followQuestion, openQuestion, () => null);
  if (!open) return null;
  return (
    <Dialog title={open.title} onClose={() => open.answer(false)}>
      {open.text && <p className="mb-4 max-w-prose whitespace-pre-line">{open.text}</p>}
      <div className="flex justify-end gap-2">
        <Button onClick={() => open.answer(false)}>{t('cancel')}</Button>
        <Button autoFocus look={open.isDangerous ? 'danger' : 'main'} onClick={() => open.answer(true)}>{open.action}</Button>
      </div>
    </Dialog>
  );
}
