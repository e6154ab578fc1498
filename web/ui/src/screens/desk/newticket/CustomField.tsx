// One field of the workspace's own in a form.
import { useWords } from '@/i18n';
import { Check, Field, Select, TextField } from '@/kit/Field';
import type { TicketField } from '@/screens/desk/types';

const kInput: Record<string, string> = { date: 'date', integer: 'number', decimal: 'number' };

export function CustomField({ field, value, error, onChange }: { field: TicketField; value: unknown; error?: string; onChange: (value: unknown) => void }) {
  const t = useWords('desk');
  const label = field.required ? t('new.required', { title: field.title }) : field.title;
  const common = { label, hint: field.description || undefined, error };
  const options = field.custom_field_options ?? [];
  if (field.type === 'checkbox') return <Check label={label} hint={field.description || undefined} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
  if (field.type === 'textarea') return <TextField {...common} rows={3} value={String(value ?? '')} onChange={(event) => onChange(event.currentTarget.value)} />;
  if (field.type === 'tagger') return <Select {...common} value={String(value ?? '')} onChange={(event) => onChange(event.currentTarget.value)}><option value="">–</option>{options.map((each) => <option key={each.value} value={each.value}>{each.name}</option>)}</Select>;
  if (field.type === 'multiselect') {
    const chosen = Array.isArray(value) ? (value as string[]) : [];
    return (
      <fieldset className="mb-3"><legend className="mb-1 text-sm font-semibold">{label}</legend>
        {options.map((each) => <Check key={each.value} label={each.name} checked={chosen.includes(each.value)} onChange={(event) => onChange(event.currentTarget.checked ? [...chosen, each.value] : chosen.filter((one) => one !== each.value))} />)}
        {error && <p role="alert" className="text-sm text-bad">{error}</p>}
      </fieldset>
    );
  }
  return <Field {...common} type={kInput[field.type] ?? 'text'} step={field.type === 'decimal' ? 'any' : undefined} value={String(value ?? '')} onChange={(event) => onChange(event.currentTarget.value)} />;
}
