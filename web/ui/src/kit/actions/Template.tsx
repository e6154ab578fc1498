// A text with placeholders: they are chosen from a list and put where the caret is.
import { useQuery } from '@tanstack/react-query';
import { useId, useRef } from 'react';
import { get } from '@/api/http';
import type { Schema } from '@/api/schema';
import { useWords } from '@/i18n';
import { useKnown } from '@/kit/conditions/useKnown';
import { withInserted } from './types';

type Placeholder = Schema<'RulePlaceholder'> & { hidden_from_strangers?: boolean };
const kOwnField = 'ticket.ticket_field_';

export function usePlaceholders(): Placeholder[] {
  const t = useWords('rules');
  const known = useKnown();
  const found = useQuery({ queryKey: ['known', 'placeholders'], queryFn: ({ signal }) => get('/api/v2/macros/placeholders', signal), staleTime: Infinity });
  return (found.data?.placeholders ?? []).flatMap((each) => {
    if (each.name !== kOwnField) return [{ ...each, title: t(`placeholder.${each.name.replaceAll('.', '_')}`, { defaultValue: each.title }) }];
    return known.fields.filter((field) => field.removable).map((field) => ({ ...each, name: `${kOwnField}${field.id}`, title: t('placeholder.own_field', { title: field.title }) }));
  });
}

export interface TemplateProps { label: string; hint?: string; value: string; isLine?: boolean; rows?: number; error?: string; onChange: (value: string) => void }

export function Template({ label, hint, value, isLine = false, rows = 6, error, onChange }: TemplateProps) {
  const t = useWords('rules');
  const id = useId();
  const list = usePlaceholders();
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const insert = (name: string) => {
    const at = field.current;
    const done = withInserted(value, name, at?.selectionStart ?? value.length, at?.selectionEnd ?? value.length);
    onChange(done.text);
    requestAnimationFrame(() => { at?.focus(); at?.setSelectionRange(done.caret, done.caret); });
  };
  const props = {
    ref: field, id, value, 'aria-invalid': error ? true : undefined, 'aria-describedby': [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined,
    className: 'w-full rounded-md border border-line-strong bg-paper px-2.5 py-1.5 text-ink aria-[invalid=true]:border-bad',
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  } as const;
  return (
    <div className="mb-2">
      <div className="mb-1 flex flex-wrap items-end justify-between gap-2">
        <label htmlFor={id} className="text-sm font-semibold">{label}</label>
        <select aria-label={t('placeholder.insert_in', { what: label })} value="" className="max-w-48 min-h-6 rounded-md border border-line bg-paper px-1 text-sm text-faint"
          onChange={(event) => { if (event.currentTarget.value) insert(event.currentTarget.value); event.currentTarget.value = ''; }}>
          <option value="">{t('placeholder.insert')}</option>
          {list.map((each) => <option key={each.name} value={each.name}>{each.title}</option>)}
        </select>
      </div>
      {isLine ? <input {...props} /> : <textarea {...props} rows={rows} />}
      {hint && <p id={`${id}-hint`} className="mt-1 text-sm text-faint">{hint}</p>}
      {error && <p id={`${id}-error`} role="alert" className="mt-1 text-sm text-bad">{error}</p>}
    </div>
  );
}
