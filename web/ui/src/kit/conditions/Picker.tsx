// Chooses one or several out of what is found by typing (people, organisations, tags): a combobox with what is chosen as chips.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import { useWords } from '@/i18n';
import type { Choice } from './types';

export interface PickerProps {
  label: string;
  name: string; // of what is looked for: the key under which answers are kept
  values: string[];
  isMany?: boolean;
  isFree?: boolean; // what is typed may be taken as it is
  fixed?: Choice[]; // always offered
  find: (words: string) => Promise<Choice[]>;
  titleOf: (value: string) => string;
  error?: string;
  onChange: (values: string[]) => void;
}

function useSettled(words: string, ms = 150): string {
  const [settled, setSettled] = useState(words);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(words), ms);
    return () => clearTimeout(timer);
  }, [words, ms]);
  return settled;
}

export function Picker({ label, name, values, isMany = false, isFree = false, fixed = [], find, titleOf, error, onChange }: PickerProps) {
  const t = useWords('rules');
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const settled = useSettled(words);
  const found = useQuery({ queryKey: ['pick', name, settled], queryFn: () => find(settled), enabled: isOpen, staleTime: 30_000 });
  const wanted = words.trim().toLowerCase();
  const free: Choice[] = isFree && words.trim() ? [{ value: words.trim(), title: words.trim() }] : [];
  const matching = [...fixed.filter((each) => each.title.toLowerCase().includes(wanted)), ...free, ...(found.data ?? [])];
  const options = matching.filter((each, index) => !values.includes(each.value) && matching.findIndex((other) => other.value === each.value) === index);

  const take = (choice: Choice | undefined) => {
    if (!choice) return;
    onChange(isMany ? [...values, choice.value] : [choice.value]);
    setWords('');
    setAt(-1);
    setOpen(isMany);
  };
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((was) => (options.length ? (was + step + options.length) % options.length : -1));
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault();
      take(options[at < 0 && words.trim() ? 0 : at]);
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    } else if (event.key === 'Backspace' && words === '' && values.length) {
      onChange(values.slice(0, -1));
    } else if (isFree && words.trim() && (event.key === ' ' || event.key === ',')) {
      event.preventDefault();
      take(free[0]);
    }
  };
  const leave = () => {
    setOpen(false);
    if (isFree && words.trim()) take(free[0]); // nothing that was typed is lost
    setAt(-1);
  };
  return (
    <div className="relative">
      <div className={`flex flex-wrap items-center gap-1 rounded-md border bg-paper px-1.5 py-1 focus-within:outline-2 focus-within:outline-accent ${error ? 'border-bad' : 'border-line-strong'}`}
        onClick={() => input.current?.focus()}>
        {values.map((each) => (
          <span key={each} className="inline-flex max-w-full items-center rounded bg-accent-ground text-sm">
            <span className="truncate py-0.5 pl-2">{titleOf(each)}</span>
            <button type="button" className="min-h-6 min-w-6 rounded text-faint hover:text-ink" aria-label={t('remove_what', { what: titleOf(each) })} onClick={() => { onChange(values.filter((other) => other !== each)); input.current?.focus(); }}>×</button>
          </span>
        ))}
        <input ref={input} role="combobox" aria-label={label} aria-expanded={isOpen && options.length > 0} aria-controls={`${id}-list`} aria-autocomplete="list" autoComplete="off"
          aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined} aria-invalid={error ? true : undefined} aria-describedby={error ? `${id}-error` : undefined}
          value={words} placeholder={values.length === 0 ? t('pick.type') : ''} className="min-w-20 flex-1 bg-transparent px-1 py-0.5 outline-none placeholder:text-faint"
          onFocus={() => setOpen(true)} onBlur={leave} onKeyDown={onKey} onChange={(event) => { setWords(event.currentTarget.value); setOpen(true); setAt(-1); }} />
      </div>
      <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={!isOpen || options.length === 0}
        className="absolute top-full right-0 left-0 z-20 mt-1 max-h-60 overflow-auto rounded-md border border-line-strong bg-raised py-1 shadow-lg">
        {options.map((each, index) => (
          <li key={each.value} id={`${id}-${index}`} role="option" aria-selected={index === at} className="cursor-pointer truncate px-3 py-1 aria-selected:bg-accent-ground hover:bg-accent-ground"
            onMouseDown={(event) => { event.preventDefault(); take(each); }}>{each.title}</li>
        ))}
      </ul>
      {isOpen && settled === words && found.isSuccess && options.length === 0 && words.trim() !== '' && <p role="status" className="mt-1 text-sm text-faint">{t('pick.nobody')}</p>}
      {error && <p id={`${id}-error`} role="alert" className="mt-1 text-sm text-bad">{error}</p>}
    </div>
  );
}
