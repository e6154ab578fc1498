// Several of a short list, as boxes to tick.
import { useId } from 'react';
import type { Choice } from './types';

export function Several({ label, choices, values, error, onChange }: { label: string; choices: Choice[]; values: string[]; error?: string; onChange: (values: string[]) => void }) {
  const id = useId();
  return (
    <fieldset aria-describedby={error ? `${id}-error` : undefined}>
      <legend className="sr-only">{label}</legend>
      <div className={`flex flex-wrap gap-x-3 gap-y-1 rounded-md border bg-paper px-2.5 py-1.5 ${error ? 'border-bad' : 'border-line-strong'}`}>
        {choices.map((each) => (
          <label key={each.value} className="inline-flex min-h-6 items-center gap-1.5">
            <input type="checkbox" className="size-4 accent-accent" checked={values.includes(each.value)}
              onChange={(event) => onChange(event.currentTarget.checked ? [...values, each.value] : values.filter((other) => other !== each.value))} />{each.title}
          </label>
        ))}
      </div>
      {error && <p id={`${id}-error`} role="alert" className="mt-1 text-sm text-bad">{error}</p>}
    </fieldset>
  );
}
