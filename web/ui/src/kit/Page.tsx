// The frame of a screen that is read from top to bottom: title, actions, cards.
import { useEffect, type ReactNode } from 'react';

export function usePageTitle(title: string) {
  useEffect(() => {
    document.title = title ? `${title} · Postern` : 'Postern';
  }, [title]);
}

export function Page({ title, intro, actions, isWide = false, children }: { title: string; intro?: ReactNode; actions?: ReactNode; isWide?: boolean; children: ReactNode }) {
  usePageTitle(title);
  return (
    <div className={`mx-auto w-full px-4 py-4 ${isWide ? 'max-w-7xl' : 'max-w-4xl'}`}>
      <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0"><h1 className="[overflow-wrap:anywhere]">{title}</h1>{intro && <div className="mt-1 max-w-prose text-faint">{intro}</div>}</div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

export function Card({ title, actions, children, className = '' }: { title?: string; actions?: ReactNode; children: ReactNode; className?: string }) {
  return (
    <section aria-label={title} className={`mb-4 rounded-xl border border-line bg-paper p-4 ${className}`}>
      {(title || actions) && <div className="mb-3 flex flex-wrap items-center justify-between gap-2">{title && <h2>{title}</h2>}{actions && <div className="flex flex-wrap gap-2">{actions}</div>}</div>}
      {children}
    </section>
  );
}

export const Empty = ({ children }: { children: ReactNode }) => <p className="p-8 text-center text-faint">{children}</p>;

// A problem in the place of what could not be loaded.
export const Failed = ({ words, onAgain, again }: { words: string; onAgain?: () => void; again?: string }) => (
  <div role="alert" className="m-4 rounded-lg border border-bad bg-bad-ground p-4 text-bad">{words}{onAgain && <> <button className="underline" onClick={onAgain}>{again}</button></>}</div>
);
