// Small things that several parts of the ticket screen show.
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Button, type ButtonLook } from '@/kit/Button';

export const initials = (name: string) => {
  const words = name.replace(/@.*/, '').split(/[\s._-]+/).filter(Boolean);
  return ((words[0]?.[0] ?? '?') + (words.length > 1 ? words.at(-1)![0]! : '')).toUpperCase();
};

export const Avatar = ({ name, isOurs = false }: { name: string; isOurs?: boolean }) => (
  <span aria-hidden className={`flex size-8 shrink-0 items-center justify-center rounded-full text-xs font-semibold ${isOurs ? 'bg-accent text-on-accent' : 'bg-accent-ground text-accent'}`}>{initials(name)}</span>
);

export interface MenuItem { id: string; title: ReactNode; keys?: ReactNode; run: () => void; isDangerous?: boolean }

// A button with a menu under it: arrows, Home, End, Escape; what is chosen closes it.
export function Menu({ label, items, look = 'plain', isUp = false, isRight = true, children, className = '' }: { label: string; items: MenuItem[]; look?: ButtonLook; isUp?: boolean; isRight?: boolean; children: ReactNode; className?: string }) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const list = () => [...(box.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  const close = (giveBack = true) => {
    setOpen(false);
    if (giveBack) box.current?.querySelector('button')?.focus();
  };
  useLayoutEffect(() => {
    if (!isOpen) return;
    list()[0]?.focus();
    const outside = (event: Event) => { if (!box.current?.contains(event.target as Node)) setOpen(false); };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [isOpen]);
  const move = (event: { key: string; preventDefault: () => void; stopPropagation: () => void }) => {
    if (event.key === 'Escape') { event.stopPropagation(); event.preventDefault(); close(); return; }
    if (event.key === 'Tab') { setOpen(false); return; }
    const all = list();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[to]?.focus();
  };
  return (
    <div ref={box} className="relative inline-flex">
      <Button look={look} aria-haspopup="menu" aria-expanded={isOpen} aria-label={label} className={className} onClick={() => setOpen(!isOpen)}>{children}</Button>
      {isOpen && (
        <div role="menu" aria-label={label} onKeyDown={move} className={`absolute z-30 min-w-56 rounded-lg border border-line bg-raised p-1 shadow-xl ${isUp ? 'bottom-full mb-1' : 'top-full mt-1'} ${isRight ? 'right-0' : 'left-0'}`}>
          {items.map((each) => (
            <button key={each.id} type="button" role="menuitem" tabIndex={-1} onClick={() => { close(); each.run(); }}
              className={`flex min-h-8 w-full items-center justify-between gap-4 rounded px-3 py-1 text-left hover:bg-accent-ground focus:bg-accent-ground ${each.isDangerous ? 'text-bad' : ''}`}>
              <span>{each.title}</span>{each.keys}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
