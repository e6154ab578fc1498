// A field that finds people as one types: by name or address; a new address can be given where that makes sense.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useId, useRef, useState } from 'react';
import { get } from '@/api/http';
import { useWords } from '@/i18n';
import type { Person } from '@/screens/desk/types';

const kWaitMs = 150;

function useSearch(text: string, list: Person[] | null) {
  const [asked, setAsked] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), kWaitMs);
    return () => clearTimeout(timer);
  }, [text]);
  const { data } = useQuery({
    queryKey: ['people_search', asked], enabled: !list && asked.length > 1,
    queryFn: ({ signal }) => get(`/api/v2/users/search?query=${encodeURIComponent(asked)}`, signal), placeholderData: (was) => was,
  });
  const wanted = text.trim().toLowerCase();
  if (!wanted && !list) return [];
  if (list) return list.filter((each) => `${each.name} ${each.email}`.toLowerCase().includes(wanted)).slice(0, 8);
  return asked.length > 1 ? (data?.users ?? []).slice(0, 8) : [];
}

export type Picked = { id: string; email: string; name: string } | { id: null; email: string; name: string };
const isAddress = (text: string) => /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$/.test(text.trim());

export function PersonInput({ label, placeholder, list = null, mayBeNew = false, isFocused = false, onPick, onLeave, className = '' }: {
  label: string; placeholder?: string; list?: Person[] | null; mayBeNew?: boolean; isFocused?: boolean; onPick: (person: Picked) => void; onLeave?: () => void; className?: string;
}) {
  const t = useWords('ticket');
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const found = useSearch(text, list);
  const options: Picked[] = found.map((each) => ({ id: String(each.id), email: each.email, name: each.name }));
  if (mayBeNew && isAddress(text) && !options.some((each) => each.email.toLowerCase() === text.trim().toLowerCase())) options.push({ id: null, email: text.trim(), name: '' });
  const index = Math.min(at, options.length - 1);
  const isShown = isOpen && options.length > 0;
  useLayoutEffect(() => { if (isFocused) input.current?.focus(); }, [isFocused]);
  const pick = (each: Picked) => {
    setText('');
    setAt(0);
    setOpen(false);
    onPick(each);
  };
  return (
    <span className={`relative inline-block min-w-36 flex-1 ${className}`}>
      <input ref={input} role="combobox" aria-label={label} aria-expanded={isShown} aria-controls={`${id}-list`} aria-autocomplete="list" aria-activedescendant={isShown ? `${id}-${index}` : undefined} autoComplete="off"
        value={text} placeholder={placeholder} className="min-h-7 w-full rounded border border-line bg-transparent px-1.5 hover:border-line-strong focus:border-line-strong"
        onInput={(event) => { setText(event.currentTarget.value); setOpen(true); setAt(0); }} onFocus={() => { if (list) setOpen(true); }}
        onBlur={() => { setTimeout(() => setOpen(false), 120); if (!text) onLeave?.(); }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') { event.stopPropagation(); setOpen(false); setText(''); onLeave?.(); }
          if (!isShown) return;
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); setAt((index + (event.key === 'ArrowDown' ? 1 : options.length - 1)) % options.length); }
          if (event.key === 'Enter' || (event.key === ',' && mayBeNew)) { event.preventDefault(); const each = options[index]; if (each) pick(each); }
        }} />
      <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={!isShown} className="absolute top-full left-0 z-30 mt-1 max-h-64 w-72 max-w-[80vw] overflow-auto rounded-lg border border-line bg-raised p-1 shadow-xl">
        {options.map((each, place) => (
          <li key={each.id ?? each.email} id={`${id}-${place}`} role="option" aria-selected={place === index} onMouseDown={(event) => { event.preventDefault(); pick(each); }} className="cursor-pointer rounded px-2 py-1 aria-selected:bg-accent-ground">
            <span className="block truncate">{each.id === null ? t('new_address', { address: each.email }) : each.name || each.email}</span>
            {each.id !== null && each.name !== each.email && <span className="block truncate text-sm text-faint">{each.email}</span>}
          </li>
        ))}
      </ul>
    </span>
  );
}

// Somebody in a list of people, who can be taken out of it.
export function PersonChip({ name, title, onRemove }: { name: string; title?: string; onRemove?: () => void }) {
  const t = useWords();
  return (
    <span title={title} className="inline-flex max-w-full min-h-6 items-center gap-1 rounded-full border border-line bg-ground pl-2 text-sm last:pr-0">
      <span className={`truncate ${onRemove ? '' : 'pr-2'}`}>{name}</span>
      {onRemove && <button type="button" aria-label={`${t('remove')} ${name}`} onClick={onRemove} className="size-6 rounded-full text-faint hover:bg-bad-ground hover:text-bad">×</button>}
    </span>
  );
}
