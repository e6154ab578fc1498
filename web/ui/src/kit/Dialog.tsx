import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { useWords } from '@/i18n';
import { Button } from './Button';

// Modal; the browser keeps the focus inside and gives it back. Escape and a click outside call onClose.
export function Dialog({ title, isTitleHidden = false, onClose, className = '', children }: { title: string; isTitleHidden?: boolean; onClose: () => void; className?: string; children: ReactNode }) {
  const t = useWords();
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={box} aria-label={title} onCancel={(event) => { event.preventDefault(); onClose(); }}
      onClick={(event) => { if (event.target === box.current) onClose(); }}
      className={`max-h-[85dvh] max-w-[min(48rem,94vw)] min-w-[min(22rem,94vw)] overflow-auto rounded-xl border border-line bg-raised p-0 shadow-2xl ${className}`}>
      <div className="p-4">
        <div className={isTitleHidden ? 'sr-only' : 'mb-3 flex items-start justify-between gap-4'}>
          <h2>{title}</h2><Button look="quiet" aria-label={t('close')} onClick={onClose}>×</Button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
