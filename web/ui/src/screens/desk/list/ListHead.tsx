// Title, number and buttons above a list.
import type { ReactNode } from 'react';
import { number } from '@/i18n/dates';
import { usePageTitle } from '@/kit/Page';

export function ListHead({ title, count, hint, children }: { title: string; count: number | null; hint?: ReactNode; children?: ReactNode }) {
  usePageTitle(count ? `${title} (${number(count)})` : title);
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-paper px-4 py-2">
      <h1 className="min-w-0 [overflow-wrap:anywhere]">{title}</h1>
      {count !== null && <span className="rounded-full bg-ground px-2 text-sm text-faint">{number(count)}</span>}
      {hint && <span className="text-sm text-faint">{hint}</span>}
      <div className="ml-auto flex flex-wrap items-center gap-2">{children}</div>
    </div>
  );
}
