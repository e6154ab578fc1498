// Options of a dropdown or multiselect: named, kept under a tag, in an order, one or more chosen from the start.
import { useState } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import type { Problems } from '@/kit/conditions/types';
import { Sortable } from '@/kit/editor/Sortable';
import { TextField } from '@/kit/Field';
import { optionsOf, tagOf, type Option } from './model';

const kBox = 'w-full rounded-md border border-line-strong bg-paper px-2 py-1';

interface Props { options: Option[]; isSingle: boolean; hasDefault?: boolean; hint?: string; problems: Problems; onChange: (options: Option[]) => void }

export function Options({ options, isSingle, hasDefault = true, hint, problems, onChange }: Props) {
  const t = useWords('fields');
  const [pasted, setPasted] = useState<string | null>(null);
  const problem = [...problems].find(([at]) => at.startsWith('custom_field_options'))?.[1];
  const set = (at: number, change: Partial<Option>) => onChange(options.map((each, index) => (index === at ? { ...each, ...change } : isSingle && change.default ? { ...each, default: false } : each)));
  // The value follows the name until it is given by hand or stored: tickets hold it.
  const rename = (at: number, option: Option, name: string) => set(at, option.id === undefined && option.value === tagOf(option.name) ? { name, value: tagOf(name) } : { name });
  return (
    <fieldset className="mb-3 min-w-0">
      <legend className="mb-1 text-sm font-semibold">{t('options')}</legend>
      <p className="mb-2 max-w-prose text-sm text-faint">{hint ?? t('options_hint')}</p>
      <div className="rounded-lg border border-line">
        <Sortable label={t('options')} items={options.map((option, at) => ({ option, at }))} itemKey={(each) => String(each.option.id ?? `new${each.at}`)} nameOf={(each) => each.option.name || t('option_n', { n: each.at + 1 })} onMove={(next) => onChange(next.map((each) => each.option))}>
          {({ option }, at) => (
            <div className={`grid items-center gap-2 py-1 ${hasDefault ? 'grid-cols-[1fr_1fr_auto_auto]' : 'grid-cols-[1fr_1fr_auto]'}`}>
              <input className={kBox} aria-label={t('option_name', { n: at + 1 })} aria-invalid={problem && !option.name.trim() ? true : undefined} placeholder={t('option_name_short')} value={option.name} onChange={(event) => rename(at, option, event.currentTarget.value)} />
              <input className={`${kBox} font-mono text-sm`} aria-label={t('option_value', { n: at + 1 })} placeholder={t('option_value_short')} value={option.value} onChange={(event) => set(at, { value: event.currentTarget.value })} />
              {hasDefault && <label className="inline-flex min-h-6 items-center gap-1 text-sm"><input type="checkbox" className="size-4 accent-accent" checked={option.default} onChange={(event) => set(at, { default: event.currentTarget.checked })} /><span className="max-sm:sr-only">{t('option_default')}</span></label>}
              <Button look="quiet" aria-label={t('option_remove', { what: option.name || String(at + 1) })} onClick={() => onChange(options.filter((_, index) => index !== at))}>×</Button>
            </div>
          )}
        </Sortable>
        {options.length === 0 && <p className="p-2 text-sm text-faint">{t('options_none')}</p>}
      </div>
      {problem && <p role="alert" className="mt-1 text-sm text-bad">{problem}</p>}
      <div className="mt-2 flex flex-wrap gap-2">
        <Button onClick={() => onChange([...options, { name: '', value: '', default: false }])}>{t('option_add')}</Button>
        {pasted === null && <Button look="quiet" onClick={() => setPasted('')}>{t('options_paste')}</Button>}
      </div>
      {pasted !== null && (
        <div className="mt-2">
          <TextField label={t('options_paste')} hint={t('options_paste_hint')} rows={5} value={pasted} onChange={(event) => setPasted(event.currentTarget.value)} />
          <div className="flex gap-2"><Button onClick={() => { onChange([...options, ...optionsOf(pasted, options)]); setPasted(null); }}>{t('options_take', { count: optionsOf(pasted, options).length })}</Button><Button look="quiet" onClick={() => setPasted(null)}>{t('common:cancel')}</Button></div>
        </div>
      )}
    </fieldset>
  );
}
