// A list whose order is changed by dragging a grip, by its arrow keys, or by the buttons beside it (WCAG 2.5.7).
import { useRef, useState, type Key, type ReactNode } from 'react';
import { useWords } from '@/i18n';
import { moved } from './order';

interface SortableProps<T> {
  label: string;
  items: T[];
  itemKey: (item: T) => Key;
  nameOf: (item: T) => string;
  isFixed?: boolean; // shown in order, not to be changed
  onMove: (items: T[], moved: T) => void;
  children: (item: T, index: number) => ReactNode;
}

export function Sortable<T>({ label, items, itemKey, nameOf, isFixed = false, onMove, children }: SortableProps<T>) {
  const t = useWords('rules');
  const box = useRef<HTMLUListElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const [said, setSaid] = useState('');
  const commit = (from: number, to: number) => {
    const item = items[from];
    if (from === to || to < 0 || to >= items.length || item === undefined) return;
    onMove(moved(items, from, to), item);
    setSaid(t('sort.said', { what: nameOf(item), n: to + 1, count: items.length }));
  };
  const under = (y: number) => {
    const rows = [...(box.current?.children ?? [])];
    const at = rows.findIndex((row) => { const place = row.getBoundingClientRect(); return y < place.top + place.height / 2; });
    return at < 0 ? rows.length - 1 : at;
  };
  const focusGrip = (at: number) => requestAnimationFrame(() => box.current?.children[at]?.querySelector<HTMLElement>('[data-grip]')?.focus());
  return (
    <>
      <ul ref={box} aria-label={label}>
        {items.map((item, index) => {
          // A line shows where it would go; the rows stay where they are, for a moved one loses the pointer.
          const isTarget = drag !== null && drag.to === index && drag.from !== index;
          const mark = isTarget ? (drag.to > drag.from ? 'border-b-2! border-b-accent!' : 'border-t-2 border-t-accent') : '';
          return (
            <li key={itemKey(item)} className={`flex items-center gap-1 border-b border-line last:border-b-0 ${mark} ${drag?.from === index ? 'bg-accent-ground' : ''}`}>
              {!isFixed && (
                <button type="button" data-grip aria-label={t('sort.grip', { what: nameOf(item) })} title={t('sort.hint')}
                  className="inline-flex min-h-8 min-w-6 cursor-grab touch-none items-center justify-center rounded text-faint hover:bg-accent-ground"
                  onKeyDown={(event) => {
                    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
                    if (!by) return;
                    event.preventDefault();
                    commit(index, index + by);
                    focusGrip(Math.max(0, Math.min(items.length - 1, index + by)));
                  }}
                  onPointerDown={(event) => { if (event.button !== 0) return; event.currentTarget.setPointerCapture(event.pointerId); setDrag({ from: index, to: index }); }}
                  onPointerMove={(event) => { if (drag) { const to = under(event.clientY); if (to !== drag.to) setDrag({ ...drag, to }); } }}
                  onPointerUp={() => { if (drag) { const { from, to } = drag; setDrag(null); commit(from, to); } }} onPointerCancel={() => setDrag(null)}>
                  <span aria-hidden>⠿</span>
                </button>
              )}
              <div className="min-w-0 flex-1">{children(item, index)}</div>
              {!isFixed && (
                <span className="flex shrink-0">
                  <button type="button" className="min-h-6 min-w-6 rounded text-faint hover:bg-accent-ground disabled:opacity-30" disabled={index === 0} aria-label={t('sort.up', { what: nameOf(item) })} onClick={() => commit(index, index - 1)}>↑</button>
                  <button type="button" className="min-h-6 min-w-6 rounded text-faint hover:bg-accent-ground disabled:opacity-30" disabled={index === items.length - 1} aria-label={t('sort.down', { what: nameOf(item) })} onClick={() => commit(index, index + 1)}>↓</button>
                </span>
              )}
            </li>
          );
        })}
      </ul>
      <span role="status" className="sr-only">{said}</span>
    </>
  );
}
