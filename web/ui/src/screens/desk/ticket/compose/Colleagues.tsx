// Who is meant by "@…": a list beside the text, while the focus stays in it.
import { useLayoutEffect, useState } from 'react';
import { useWords } from '@/i18n';
import type { Person } from '@/screens/desk/types';
import { Avatar } from '../parts';

export interface Asking { people: Person[]; at: DOMRect | null; pick: (person: Person) => void }

export function Colleagues({ asking, onKeys }: { asking: Asking; onKeys: (handler: ((event: KeyboardEvent) => boolean) | null) => void }) {
  const t = useWords('ticket');
  const [at, setAt] = useState(0);
  const index = Math.min(at, asking.people.length - 1);
  useLayoutEffect(() => {
    onKeys((event) => {
      const count = asking.people.length;
      if (event.key === 'ArrowDown') setAt((index + 1) % count);
      else if (event.key === 'ArrowUp') setAt((index - 1 + count) % count);
      else if (event.key === 'Enter' || event.key === 'Tab') asking.pick(asking.people[index]!);
      else return false;
      return true;
    });
    return () => onKeys(null);
  }, [asking, index, onKeys]);
  const top = asking.at ? Math.max(8, asking.at.top - 8) : 0;
  return (
    <>
    <div role="listbox" aria-label={t('colleagues')} style={{ left: Math.min(asking.at?.left ?? 0, innerWidth - 260), bottom: innerHeight - top }}
      className="fixed z-40 max-h-64 w-60 overflow-auto rounded-lg border border-line bg-raised p-1 shadow-xl">
      {asking.people.map((each, place) => (
        <button key={String(each.id)} type="button" role="option" tabIndex={-1} aria-selected={place === index} onMouseDown={(event) => { event.preventDefault(); asking.pick(each); }}
          className="flex w-full items-center gap-2 rounded px-2 py-1 text-left aria-selected:bg-accent-ground"><Avatar name={each.name || each.email} isOurs /><span className="min-w-0 truncate">{each.name || each.email}</span></button>
      ))}
    </div>
    <p role="status" className="sr-only">{t('colleague_chosen', { name: asking.people[index]?.name ?? '' })}</p>
    </>
  );
}
