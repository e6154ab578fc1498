// Who the ticket is from: somebody known, found by the beginning of a name or address, or a new address.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import { get, query } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import type { Person } from '@/screens/desk/types';

export function Requester({ email, error, onChange }: { email: string; error?: string; onChange: (email: string, name: string) => void }) {
  const t = useWords('desk');
  const { can } = useSession();
  const id = useId();
  const [typed, setTyped] = useState(email);
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  useEffect(() => { const timer = setTimeout(() => setTyped(email), 150); return () => clearTimeout(timer); }, [email]);
  const wanted = typed.trim();
  const { data } = useQuery({ queryKey: ['users', 'search', wanted], enabled: can('users:read') && wanted.length > 1 && isOpen, staleTime: 10_000, queryFn: async () => (await get(`/api/v2/users/search${query({ query: wanted })}`)).users.slice(0, 8) });
  const found = isOpen ? (data ?? []).filter((each) => each.email !== email) : [];
  const choose = (person: Person) => { onChange(person.email, person.name === person.email ? '' : person.name); setOpen(false); setAt(-1); };
  return (
    <div className="relative mb-3">
      <label htmlFor={id} className="mb-1 block text-sm font-semibold">{t('column.requester')}</label>
      <input id={id} type="text" inputMode="email" autoComplete="off" role="combobox" aria-expanded={found.length > 0} aria-controls={`${id}-list`} aria-autocomplete="list" aria-activedescendant={at >= 0 && found[at] ? `${id}-${at}` : undefined}
        aria-invalid={error ? true : undefined} aria-describedby={`${id}-hint`} value={email} placeholder="ada@example.com"
        onChange={(event) => { onChange(event.currentTarget.value, ''); setOpen(true); setAt(-1); }} onBlur={() => setTimeout(() => setOpen(false), 150)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); setOpen(true); setAt((was) => Math.max(-1, Math.min(found.length - 1, was + (event.key === 'ArrowDown' ? 1 : -1)))); }
          else if (event.key === 'Enter' && found[at]) { event.preventDefault(); choose(found[at]); }
          else if (event.key === 'Escape' && isOpen) { event.stopPropagation(); setOpen(false); }
        }}
        className="w-full rounded-md border border-line-strong bg-paper px-2.5 py-1.5 aria-[invalid=true]:border-bad" />
      <p id={`${id}-hint`} className="mt-1 text-sm text-faint">{t('new.requester_hint')}</p>
      {error && <p role="alert" className="mt-1 text-sm text-bad">{error}</p>}
      <ul id={`${id}-list`} role="listbox" aria-label={t('new.people')} hidden={found.length === 0} className="absolute z-20 w-full overflow-hidden rounded-md border border-line bg-raised shadow-lg">
        {found.map((each, index) => (
          <li key={String(each.id)} id={`${id}-${index}`} role="option" aria-selected={index === at} onMouseDown={(event) => { event.preventDefault(); choose(each); }}
            className="cursor-pointer px-3 py-1.5 hover:bg-accent-ground aria-selected:bg-accent-ground"><span className="font-medium">{each.name}</span> <span className="text-faint">{each.email}</span></li>
        ))}
      </ul>
    </div>
  );
}
