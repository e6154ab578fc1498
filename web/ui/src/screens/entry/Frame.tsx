// The frame of the pages before signing in: the name, one card, the language.
import type { ReactNode } from 'react';
import { Notices } from '@/app/NoticeStack';
import { usePageTitle } from '@/kit/Page';
import { LanguageChoice } from './LanguageChoice';

export function Frame({ title, children, isWide = false }: { title: string; children: ReactNode; isWide?: boolean }) {
  usePageTitle(title);
  return (
    <div className="flex min-h-dvh flex-col items-center px-4 py-6">
      <main className={`m-auto w-full ${isWide ? 'max-w-2xl' : 'max-w-sm'}`}>
        <p className="mb-4 flex items-center justify-center gap-2 text-xl font-bold"><img src="/ui/icon.svg" alt="" width="28" height="28" />Postern</p>
        <div className="rounded-2xl border border-line bg-paper p-6 shadow-sm">
          <h1 className="mb-4">{title}</h1>
          {children}
        </div>
      </main>
      <footer className="mt-6"><LanguageChoice isLabelHidden boxClass="!mb-0" /></footer>
      <Notices />
    </div>
  );
}

export const Alert = ({ children }: { children: ReactNode }) => (
  <div role="alert">{children && <p className="mb-3 rounded-md border border-bad bg-bad-ground px-3 py-2 text-bad">{children}</p>}</div>
);
