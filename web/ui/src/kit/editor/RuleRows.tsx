// A list of what is defined, each with its name, a line, a switch and its place.
import { useState, type ReactNode } from 'react';
import type { Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Sortable } from './Sortable';
import { Switch } from './Switch';

export interface RowsProps<Item> {
  label: string;
  items: Item[];
  titleOf: (item: Item) => string;
  isOn: (item: Item) => boolean;
  href?: (item: Item) => string;
  mayChange: (item: Item) => boolean;
  canSort: boolean;
  line: (item: Item) => ReactNode; // below the title
  side?: (item: Item) => ReactNode;
  onMove: (items: Item[]) => void;
  onTurn: (item: Item, on: boolean) => void;
}

export function RuleRows<Item extends { id: Id }>({ label, items, titleOf, isOn, href, mayChange, canSort, line, side, onMove, onTurn }: RowsProps<Item>) {
  const t = useWords('rules');
  const [words, setWords] = useState('');
  const [state, setState] = useState<'' | 'on' | 'off'>('');
  const wanted = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const shown = items.filter((each) => wanted.every((word) => titleOf(each).toLowerCase().includes(word)) && (state === '' || isOn(each) === (state === 'on')));
  const isFiltered = shown.length !== items.length;
  return (
    <section aria-label={label} className="mb-4 rounded-xl border border-line bg-paper">
      <div className="flex flex-wrap items-center gap-2 border-b border-line p-2">
        <input type="search" aria-label={t('filter.words')} placeholder={t('filter.words')} value={words} onChange={(event) => setWords(event.currentTarget.value)} className="min-h-8 min-w-40 flex-1 rounded-md border border-line-strong bg-paper px-2.5 placeholder:text-faint" />
        <select aria-label={t('filter.state')} value={state} onChange={(event) => setState(event.currentTarget.value as typeof state)} className="min-h-8 rounded-md border border-line-strong bg-paper px-2">
          <option value="">{t('filter.all')}</option><option value="on">{t('filter.on')}</option><option value="off">{t('filter.off')}</option>
        </select>
        <span role="status" className="text-sm text-faint">{t('filter.count', { count: shown.length })}</span>
      </div>
      <Sortable label={label} items={shown} itemKey={(each) => String(each.id)} nameOf={titleOf} isFixed={!canSort || isFiltered} onMove={onMove}>
        {(item) => (
          <div className="flex items-center gap-3 px-2 py-2">
            <div className="min-w-0 flex-1">
              {href && href(item) ? <a href={href(item)} className={`font-semibold no-underline [overflow-wrap:anywhere] hover:underline ${isOn(item) ? '' : 'text-faint'}`}>{titleOf(item)}</a> : <span className="font-semibold">{titleOf(item)}</span>}
              <div className="line-clamp-3 text-sm text-faint [overflow-wrap:anywhere]">{line(item)}</div>
            </div>
            {side && <div className="shrink-0 text-right text-sm text-faint max-sm:hidden">{side(item)}</div>}
            {mayChange(item) ? <Switch label={t('switch', { what: titleOf(item) })} isOn={isOn(item)} onChange={(on) => onTurn(item, on)} /> : <span className="text-sm text-faint">{t(isOn(item) ? 'on' : 'off')}</span>}
          </div>
        )}
      </Sortable>
      {canSort && isFiltered && <p className="p-2 text-sm text-faint">{t('sort.filtered')}</p>}
    </section>
  );
}
