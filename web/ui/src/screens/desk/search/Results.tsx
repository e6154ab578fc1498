// What was found, line by line; of any length, as far as the server reaches by pages.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useCommands, type Command } from '@/app/keys';
import { go } from '@/app/place';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Time } from '@/kit/Time';
import { StatusBadge } from '../list/StatusBadge';
import { useStatusNames } from '../list/people';
import { setOrder } from '../list/order';
import { useWhoIsThere } from '../list/presence';
import { prefetchTicket } from '../ticket/data/queries';
import { bitsOf, marked, wordsOfQuery, type Bit } from './marks';
import { placeOf, type Found, type HighlightSource } from './data';

const kHeight = 84;

function Where({ source }: { source: HighlightSource | null | undefined }) {
  const t = useWords('desk');
  if (!source) return null;
  const words = source.type === 'attachment' ? t(source.part === 'name' ? 'search.in_name' : 'search.in_file', { file: source.file_name ?? '' }) : t(`search.in_${source.type}`);
  return <span data-where={source.type} className="mr-1.5 max-w-[45%] shrink-0 truncate rounded border border-line bg-ground px-1.5 text-xs text-faint" title={words}>{words}</span>;
}

const Bits = ({ bits }: { bits: Bit[] }) => <>{bits.map((each, at) => (each.isFound ? <mark key={at}>{each.text}</mark> : each.text))}</>;

export function Results({ query, rows, names, total, hasMore, onMore }: { query: string; rows: Found[]; names: ReadonlyMap<string, { name: string; email: string }>; total: number; hasMore: boolean; onMore: () => Promise<Found[]> }) {
  const t = useWords('desk');
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const wantsFocus = useRef(false);
  const at = useRef(-1); // keys may come faster than lines are drawn
  const statuses = useStatusNames();
  const here = useWhoIsThere();
  const words = useMemo(() => wordsOfQuery(query), [query]);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => kHeight, overscan: 8 });
  const end = virtual.range?.endIndex ?? 0;
  useEffect(() => { if (hasMore && end >= rows.length - 20) void onMore(); }, [hasMore, end, rows.length, onMore]);
  useLayoutEffect(() => { at.current = -1; setActive(-1); }, [query]);
  useLayoutEffect(() => {
    const more = hasMore ? async () => (await onMore()).map((each) => String(each.id)) : undefined;
    setOrder({ title: t('search.order', { query }), address: `/search?q=${encodeURIComponent(query)}`, ids: rows.map((each) => String(each.id)), total, more });
  }, [rows, query, total, hasMore, onMore, t]);

  const move = useCallback((by: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, at.current + by));
    if (!rows[next]) return;
    at.current = next;
    setActive(next);
    virtual.scrollToIndex(next);
    const line = scroller.current?.querySelector<HTMLElement>(`[data-at="${next}"] a`);
    line?.focus({ preventScroll: true });
    wantsFocus.current = !line;
    prefetchTicket(rows[next].id);
  }, [rows, virtual]);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-at="${active}"] a`)?.focus({ preventScroll: true });
  }, [active]);
  useCommands(useMemo<Command[]>(() => [
    { id: 'list.next', title: t('keys.next'), group: t('keys.group'), keys: 'j', run: () => move(1) },
    { id: 'list.previous', title: t('keys.previous'), group: t('keys.group'), keys: 'k', run: () => move(-1) },
    { id: 'list.open', title: t('keys.open'), group: t('keys.group'), keys: 'o', run: () => { const row = rows[at.current]; if (row) go(placeOf(row)); } },
  ], [t, move, rows]));

  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-auto bg-paper" tabIndex={-1}>
      <ul aria-label={t('search.results')} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]!;
          const requester = names.get(String(row.requester_id));
          return (
            <li key={String(row.id)} data-at={index} aria-setsize={hasMore ? -1 : rows.length} aria-posinset={index + 1} className={`absolute inset-x-0 top-0 border-b border-line ${index === active ? 'shadow-[inset_3px_0_0_var(--accent)]' : ''}`} style={{ height: kHeight, transform: `translateY(${start}px)` }}>
              <a href={`#${placeOf(row)}`} onFocus={() => { at.current = index; setActive(index); }} onMouseEnter={() => prefetchTicket(row.id)} className="block h-full px-4 py-2 text-ink no-underline hover:bg-ground">
                <span className="flex items-center gap-2"><StatusBadge status={row.status} label={statuses.get(String(row.custom_status_id))?.agent_label} /><span className="min-w-0 flex-1 truncate font-medium"><Bits bits={marked(row.subject || t('no_subject'), words)} /></span><span className="shrink-0 text-sm text-faint"><Time at={row.updated_at} /></span></span>
                <span className="mt-0.5 block truncate text-sm text-faint">#{String(row.id)} · {requester ? requester.name || requester.email : t('list.somebody')}{here.get(String(row.id)) && <> <Badge tone="note">{here.get(String(row.id))}</Badge></>}</span>
                <span className="mt-0.5 flex min-h-5 items-center text-sm">{row.highlights && <><Where source={row.highlight_source} /><span className="min-w-0 flex-1 truncate"><Bits bits={bitsOf(row.highlights)} /></span></>}</span>
              </a>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
