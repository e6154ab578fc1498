// A tab list with the keys of the pattern (arrows, Home, End); the panel is the caller's, with panelProps.
import { useEffect, useId } from 'react';

export interface Tab { id: string; title: string; count?: number }

export function useTabs(tabs: Tab[], current: string, onChange: (id: string) => void, label: string) {
  const base = useId();
  useEffect(() => { document.getElementById(`${base}-${current}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }, [base, current]); // of a list wider than the screen
  const move = (by: number | 'first' | 'last') => {
    const at = tabs.findIndex((each) => each.id === current);
    const next = by === 'first' ? 0 : by === 'last' ? tabs.length - 1 : (at + by + tabs.length) % tabs.length;
    onChange(tabs[next]!.id);
    document.getElementById(`${base}-${tabs[next]!.id}`)?.focus();
  };
  const list = (
    <div role="tablist" aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line"
      onKeyDown={(event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1, Home: 'first', End: 'last' }[event.key] as number | 'first' | 'last' | undefined;
        if (by === undefined) return;
        event.preventDefault();
        move(by);
      }}>
      {tabs.map((each) => (
        <button key={each.id} id={`${base}-${each.id}`} role="tab" type="button" aria-selected={each.id === current} aria-controls={`${base}-panel`} tabIndex={each.id === current ? 0 : -1}
          onClick={() => onChange(each.id)} className="border-b-2 border-transparent px-3 py-1.5 -outline-offset-2 whitespace-nowrap text-faint aria-selected:border-accent aria-selected:font-semibold aria-selected:text-ink">
          {each.title}{each.count !== undefined && <span className="ml-1.5 text-xs">{each.count}</span>}
        </button>
      ))}
    </div>
  );
  return { list, panelProps: { role: 'tabpanel', id: `${base}-panel`, 'aria-labelledby': `${base}-${current}` } as const };
}
