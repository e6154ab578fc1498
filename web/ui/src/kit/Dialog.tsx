import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { useWords } from '@/i18n';
import { confirmed } from './ask';
import { Button } from './Button';

// Text that somebody would have to write again; what is looked for, and secrets, are soon typed anew.
const isWriting = (target: EventTarget | null) => target instanceof HTMLElement && target.closest('form') !== null && target.matches('textarea, [contenteditable=true], input:not([type=search], [type=password], [type=checkbox], [type=radio], [autocomplete=one-time-code])');

// Modal; the browser keeps the focus inside and gives it back. Escape, a click outside and × call onClose; where something was
// written, only after asking.
export function Dialog({ title, isTitleHidden = false, onClose, className = '', children }: { title: string; isTitleHidden?: boolean; onClose: () => void; className?: string; children: ReactNode }) {
  const t = useWords();
  const box = useRef<HTMLDialogElement>(null);
  const isWritten = useRef(false);
  const leave = async () => { if (!isWritten.current || await confirmed({ title: t('abandon.title'), text: t('abandon.text'), action: t('abandon.action'), isDangerous: true })) onClose(); };
  useLayoutEffect(() => {
    const dialog = box.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={box} aria-label={title} onCancel={(event) => { event.preventDefault(); void leave(); }} onInput={(event) => { if (isWriting(event.target)) isWritten.current = true; }}
      onClick={(event) => { if (event.target === box.current) void leave(); }}
      className={`max-h-[85dvh] max-w-[min(48rem,94vw)] min-w-[min(22rem,94vw)] overflow-auto rounded-xl border border-line bg-raised p-0 shadow-2xl ${className}`}>
      <div className="p-4">
        <div className={isTitleHidden ? 'sr-only' : 'mb-3 flex items-start justify-between gap-4'}>
          <h2>{title}</h2><Button look="quiet" aria-label={t('close')} onClick={() => void leave()}>×</Button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
