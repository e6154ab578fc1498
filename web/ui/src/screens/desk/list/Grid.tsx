// The virtual list of tickets. The selected line is the agent's place: it stays with its ticket when others come and go, and is
// there again when he comes back.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useCommands, type Command } from '@/app/keys';
import { go } from '@/app/place';
import { useWords } from '@/i18n';
import { prefetchTicket } from '../ticket/data/queries';
import { columnOf, type Known } from './columns';
import { GridHead, type Sorting } from './GridHead';
import { GridRow, type RowActs } from './GridRow';
import { itemsOf } from './items';
import type { WhoIsThere } from './presence';
import { isSelected, type SelectionTools } from './selection';
import type { Ticket } from '@/screens/desk/types';
import type { LiveFeed } from './useFeed';
import { useRowHeight } from './useRowHeight';

const kAhead = 60; // rows before the end at which the next page is asked for
const kRestMs = 120; // on a line, before it is worth asking for its ticket; a mouse passes over many
const kHoverMs = 250;
const kHeadHeight = 36;
export const kWholeMost = 1000; // tickets of a list that is read to its end when that is asked for

const lineOf = (box: HTMLElement | null, id: string) => box?.querySelector<HTMLElement>(`[data-ticket="${CSS.escape(id)}"] [data-subject]`) ?? null;

let turning: string | null = null; // a list that is being turned round by a key: its first line is the agent's place then

interface GridProps { live: LiveFeed; known: Known; columnIds: string[]; groupBy?: (ticket: Ticket) => string; sorting: Sorting | null; tools: SelectionTools | null; label: string; total: number; here: WhoIsThere; turnTo?: string }

export function Grid({ live, known, columnIds, groupBy, sorting, tools, label, total, here, turnTo }: GridProps) {
  const t = useWords('desk');
  const { feed, state, seen, fresh } = live;
  const { isNarrow, rowHeight } = useRowHeight();
  const scroller = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  const lastIndex = useRef(0);
  const [active, setActiveState] = useState(feed.activeId);
  const setActive = useCallback((id: string) => { feed.activeId = id; setActiveState(id); }, [feed]);
  useLayoutEffect(() => setActiveState(feed.activeId), [feed]);

  const columns = useMemo(() => columnIds.map((each) => columnOf(known, each)), [known, columnIds]);
  const template = useMemo(() => `${tools ? '2.5rem ' : ''}${columns.map((each) => each.width).join(' ')}`, [columns, tools !== null]);
  const minWidth = isNarrow ? undefined : `${columns.reduce((sum, each) => sum + each.min, 3)}rem`;
  const items = useMemo(() => itemsOf(state.rows, groupBy), [state.rows, groupBy]);
  const headHeight = isNarrow ? 0 : kHeadHeight;

  const activeIndex = useMemo(() => (active === null ? -1 : items.indexOf(active, lastIndex.current)), [items, active]);
  if (activeIndex >= 0) lastIndex.current = activeIndex;
  const virtual = useVirtualizer({
    count: items.count, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 10, scrollMargin: headHeight, scrollPaddingStart: headHeight, scrollPaddingEnd: rowHeight, initialOffset: feed.scrollTop,
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const list: number[] = [];
      for (let at = Math.max(0, startIndex - overscan); at <= Math.min(count - 1, endIndex + overscan); at += 1) list.push(at);
      if (activeIndex >= 0 && activeIndex < count && !list.includes(activeIndex)) list.push(activeIndex); // so that the focus is not lost with the line
      return list;
    },
  });
  useEffect(() => virtual.measure(), [virtual, rowHeight]);

  // Lines that come or go above do not move what is looked at.
  const anchor = useRef<{ id: string; index: number } | null>(null);
  const first = Math.max(0, Math.floor(((scroller.current?.scrollTop ?? 0)) / rowHeight));
  useLayoutEffect(() => {
    const box = scroller.current;
    const was = anchor.current;
    if (!box || !was || box.scrollTop <= 0) return;
    const index = items.indexOf(was.id, was.index);
    if (index >= 0 && index !== was.index) box.scrollTop += (index - was.index) * rowHeight;
  }, [items, rowHeight]);
  const remember = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    feed.scrollTop = box.scrollTop;
    const index = Math.floor(box.scrollTop / rowHeight);
    const item = index < items.count ? items.item(index) : null;
    anchor.current = item?.kind === 'ticket' ? { id: String(item.ticket.id), index } : null;
  }, [feed, items, rowHeight]);
  useEffect(remember, [remember]);

  const shown = virtual.getVirtualItems();
  const end = virtual.range?.endIndex ?? 0;
  useEffect(() => { if (state.hasMore && !state.problem && end >= items.count - kAhead) void feed.more(); }, [feed, state, items.count, end]);
  useEffect(() => seen(first, end), [seen, first, end]);

  const rest = useRef(0);
  const ask = useCallback((id: string, ms: number) => { clearTimeout(rest.current); rest.current = window.setTimeout(() => prefetchTicket(id), ms); }, []);
  useEffect(() => () => clearTimeout(rest.current), []);

  const moveTo = useCallback((to: number, towards: 1 | -1, isRange = false) => {
    if (items.count === 0) return;
    let at = Math.min(items.count - 1, Math.max(0, to));
    while (items.item(at).kind === 'group' && at + towards >= 0 && at + towards < items.count) at += towards;
    if (items.item(at).kind === 'group') at += 1; // the first line is a group
    const item = items.item(at);
    if (item.kind !== 'ticket') return;
    const id = String(item.ticket.id);
    const was = feed.activeId; // not what was drawn last: keys may come faster than that
    if (isRange && was !== null) tools?.extend(feed.ids(), id, was);
    setActive(id);
    virtual.scrollToIndex(at, { align: 'auto' });
    const line = lineOf(scroller.current, id); // at once where it is in the page, so that Enter may follow at once
    line?.focus({ preventScroll: true });
    wantsFocus.current = line === null;
    ask(id, kRestMs);
  }, [items, tools, feed, setActive, virtual, ask]);
  const move = useCallback((by: number, isRange = false) => {
    const index = feed.activeId === null ? -1 : items.indexOf(feed.activeId, lastIndex.current);
    const from = index >= 0 ? index : by > 0 ? lastIndex.current - 1 : lastIndex.current + 1;
    moveTo(from + by, by > 0 ? 1 : -1, isRange);
  }, [items, feed, moveTo]);
  // The end of a list that is not too long is read first; a longer one is turned round, and its end is the first line then.
  const [isGoingToEnd, setGoingToEnd] = useState(false);
  const toEnd = useCallback(() => {
    if (state.hasMore && total > kWholeMost && turnTo) { turning = turnTo; go(turnTo); return; }
    if (!state.hasMore || total > kWholeMost) { moveTo(items.count - 1, -1); return; }
    void feed.toEnd(kWholeMost).then((isThere) => { if (isThere) setGoingToEnd(true); });
  }, [state, total, turnTo, items, feed, moveTo]);
  useLayoutEffect(() => {
    if (turning === null) return;
    turning = null;
    moveTo(0, 1);
  }, []);
  useLayoutEffect(() => {
    if (!isGoingToEnd) return;
    setGoingToEnd(false);
    moveTo(items.count - 1, -1);
  }, [isGoingToEnd, items, moveTo]);
  useLayoutEffect(() => {
    if (!wantsFocus.current || active === null) return;
    wantsFocus.current = false;
    lineOf(scroller.current, active)?.focus({ preventScroll: true });
  }, [active]);

  const commands = useMemo<Command[]>(() => [
    { id: 'list.next', title: t('keys.next'), group: t('keys.group'), keys: 'j', run: () => move(1) },
    { id: 'list.previous', title: t('keys.previous'), group: t('keys.group'), keys: 'k', run: () => move(-1) },
    { id: 'list.open', title: t('keys.open'), group: t('keys.group'), keys: 'o', run: () => { if (feed.activeId !== null) go(`/tickets/${feed.activeId}`); } },
    { id: 'list.first', title: t('keys.first'), group: t('keys.group'), keys: 'Home', run: () => moveTo(0, 1) },
    { id: 'list.last', title: t('keys.last'), group: t('keys.group'), keys: 'End', run: toEnd },
    ...(tools ? [
      { id: 'list.select', title: t('keys.select'), group: t('keys.group'), keys: 'x', run: () => { if (feed.activeId !== null) tools.toggle(feed.activeId); } },
      { id: 'list.select_next', title: t('keys.select_next'), group: t('keys.group'), keys: 'Shift+J', run: () => move(1, true) },
      { id: 'list.select_previous', title: t('keys.select_previous'), group: t('keys.group'), keys: 'Shift+K', run: () => move(-1, true) },
      { id: 'list.select_all', title: t('keys.select_all'), group: t('keys.group'), keys: 'Mod+A', run: tools.all },
      { id: 'list.clear', title: t('keys.clear'), group: t('keys.group'), keys: 'Escape', hidden: true, run: tools.clear },
    ] : []),
  ], [t, move, moveTo, toEnd, feed, tools]);
  useCommands(commands);

  const acts = useMemo<RowActs>(() => ({
    onActive: setActive, onHover: (id) => ask(id, kHoverMs),
    onToggle: (id, isRange) => { setActive(id); if (isRange) tools?.extend(feed.ids(), id); else tools?.toggle(id); },
  }), [setActive, ask, tools, feed]);
  const tabStop = activeIndex >= 0 ? active : String(state.rows[0]?.id ?? '');
  const isAll = tools?.selection.isAll === true && tools.selection.ids.size === 0;
  const isSome = tools !== null && (tools.selection.isAll || tools.selection.ids.size > 0);

  return (
    <div ref={scroller} data-scroller className="min-h-0 flex-1 overflow-auto bg-paper" onScroll={remember}
      onKeyDown={(event) => {
        const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 }[event.key];
        if (by === undefined || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        move(by, event.shiftKey);
      }}>
      <div role="grid" aria-label={label} aria-rowcount={state.hasMore ? -1 : Math.max(total, items.count) + 1} aria-multiselectable={tools !== null} aria-busy={state.isLoading} style={{ minWidth }}>
        {!isNarrow && <div role="rowgroup" className="sticky top-0 z-10">
          <GridHead columns={columns} template={template} sorting={sorting} canSelect={tools !== null} isAll={isAll} isSome={isSome} onAll={() => (isSome ? tools?.clear() : tools?.all())} t={t} />
        </div>}
        <div role="rowgroup" className="relative" style={{ height: items.count * rowHeight }}>
          {shown.map(({ index }) => {
            const item = items.item(index);
            if (item.kind === 'group') return <div key={item.key} role="row" aria-rowindex={index + 2} className="absolute inset-x-0 top-0 flex items-end border-b border-line-strong bg-ground px-3 pb-1 text-sm font-semibold" style={{ height: rowHeight, transform: `translateY(${index * rowHeight}px)` }}><span role="gridcell" aria-colspan={columns.length + (tools ? 1 : 0)}>{item.title || t('list.no_value')}</span></div>;
            const id = String(item.ticket.id);
            return <GridRow key={id} ticket={item.ticket} rowIndex={index + 2} top={index * rowHeight} height={rowHeight} columns={columns} template={template} isNarrow={isNarrow} isActive={id === active} isTabStop={id === tabStop}
              isChosen={tools !== null && isSelected(tools.selection, id)} isFresh={fresh.has(id)} canSelect={tools !== null} acts={acts} t={t}
              here={here.get(id) ?? ''} />;
          })}
        </div>
      </div>
      {state.isLoading && items.count > 0 && <p role="status" className="p-3 text-center text-sm text-faint">{t('common:loading')}</p>}
    </div>
  );
}
