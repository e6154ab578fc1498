// await confirmed({title, text, action}): asks before what cannot be undone. One <Confirms/> is in the page (kit/Confirm).
import { useSyncExternalStore } from 'react';
import { useWords } from '@/i18n';
import { Button } from './Button';
import { Dialog } from './Dialog';

interface Question { title: string; text?: string; action: string; isDangerous?: boolean; answer: (yes: boolean) => void }

let question: Question | null = null;
const watchers = new Set<() => void>();
const ask = (next: Question | null) => { question = next; for (const watcher of watchers) watcher(); };

export function confirmed(wanted: Omit<Question, 'answer'>): Promise<boolean> {
  question?.answer(false);
  return new Promise((resolve) => ask({ ...wanted, answer: (yes) => { ask(null); resolve(yes); } }));
}

export function Confirms() {
  const t = useWords();
  const follow = (told: () => void) => { watchers.add(told); return () => { watchers.delete(told); }; };
  const open = useSyncExternalStore(follow, () => question, () => null);
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
