// A list of people or organisations with a search field above; of any length.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { setQueryParams, useQueryParams } from '@/app/place';
import { useWords } from '@/i18n';
import { Wait } from '@/kit/Wait';
import { ListHead } from '../list/ListHead';

const kTypingMs = 250;
const kHeight = 56;

export interface Entry { id: string; address: string; title: string; more: ReactNode; right?: ReactNode }

export function useSearchParam() {
  return useQueryParams().get('q') ?? '';
}

interface ListingProps { title: string; hint: string; label: string; entries: Entry[] | null; empty: ReactNode; hasMore: boolean; onMore: () => void; actions?: ReactNode; failed?: ReactNode }

export function Listing({ title, hint, label, entries, empty, hasMore, onMore, actions, failed }: ListingProps) {
  const t = useWords('desk');
  const query = useSearchParam();
  const [typed, setTyped] = useState(query);
  const timer = useRef(0);
  const scroller = useRef<HTMLDivElement>(null);
  const count = entries?.length ?? 0;
  const virtual = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => kHeight, overscan: 10 });
  const end = virtual.range?.endIndex ?? 0;
  useEffect(() => { if (hasMore && end >= count - 20) onMore(); }, [hasMore, end, count, onMore]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setQueryParams({ q: text.trim() }), kTypingMs);
  };
  return (
    <div className="flex h-full flex-col">
      <ListHead title={title} count={null} hint={hint}>{actions}</ListHead>
      <div className="shrink-0 border-b border-line bg-paper px-4 py-2">
        <input type="search" aria-label={label} placeholder={label} value={typed} onChange={(event) => change(event.currentTarget.value)} className="w-full max-w-md rounded-md border border-line-strong bg-paper px-2.5 py-1.5" />
      </div>
      <div ref={scroller} className="min-h-0 flex-1 overflow-auto bg-paper">
        {failed}
        {entries === null ? !failed && <Wait /> : count === 0 && !hasMore ? empty : (
          <ul aria-label={title} className="relative" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const each = entries[index]!;
              return (
                <li key={each.id} className="absolute inset-x-0 top-0 border-b border-line" style={{ height: kHeight, transform: `translateY(${start}px)` }}>
                  <a href={`#${each.address}`} className="flex h-full items-center gap-3 px-4 text-ink no-underline hover:bg-ground">
                    <span aria-hidden className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-ground text-sm font-bold text-accent uppercase">{[...each.title][0] ?? '?'}</span>
                    <span className="min-w-0 flex-1"><span className="block truncate font-medium">{each.title}</span><span className="block truncate text-sm text-faint">{each.more}</span></span>
                    {each.right}
                  </a>
                </li>
              );
            })}
          </ul>
        )}
        {hasMore && count === 0 && entries !== null && <p className="p-4 text-center text-faint">{t('common:loading')}</p>}
      </div>
    </div>
  );
}
