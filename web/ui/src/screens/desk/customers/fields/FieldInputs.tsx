// Inputs for the fields of a person or organisation, in the form that changes them.
import { useWords } from '@/i18n';
import { Check, Field, Select, TextField } from '@/kit/Field';
import type { PersonField } from '@/screens/admin/personfields/model';
import type { Typed } from './values';

interface Props { fields: PersonField[]; typed: Typed; problemOf: (key: string) => string | undefined; onChange: (key: string, value: Typed[string]) => void }
interface One { field: PersonField; value: Typed[string] | undefined; error?: string; onChange: (value: Typed[string]) => void }

function Input({ field, value, error, onChange }: One) {
  const t = useWords('desk');
  const hint = field.description || undefined;
  const options = field.custom_field_options ?? [];
  const text = typeof value === 'string' ? value : '';
  switch (field.type) {
    case 'checkbox': return <><Check label={field.title} hint={hint} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />{error && <p role="alert" className="mb-2 text-sm text-bad">{error}</p>}</>;
    case 'textarea': return <TextField label={field.title} hint={hint} error={error} rows={3} value={text} onChange={(event) => onChange(event.currentTarget.value)} />;
    case 'dropdown':
      return (
        <Select label={field.title} hint={hint} error={error} value={text} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">–</option>
          {text && !options.some((each) => each.value === text) && <option value={text}>{text}</option>}
          {options.map((each) => <option key={each.value} value={each.value}>{each.name.replaceAll('::', ' › ')}</option>)}
        </Select>
      );
    case 'multiselect': {
      const chosen = Array.isArray(value) ? value : [];
      return (
        <fieldset className="mb-3">
          <legend className="mb-1 text-sm font-semibold">{field.title}</legend>
          {hint && <p className="mb-1 text-sm text-faint">{hint}</p>}
          <div className="max-h-40 overflow-auto rounded-md border border-line p-1.5" role="group" aria-label={t('people.choices_of', { field: field.title })}>
            {options.map((each) => <Check key={each.value} label={each.name.replaceAll('::', ' › ')} className="mb-0.5!" checked={chosen.includes(each.value)} onChange={(event) => onChange(event.currentTarget.checked ? [...chosen, each.value] : chosen.filter((one) => one !== each.value))} />)}
          </div>
          {error && <p role="alert" className="mt-1 text-sm text-bad">{error}</p>}
        </fieldset>
      );
    }
    default:
      return <Field label={field.title} hint={hint} error={error} type={field.type === 'date' ? 'date' : 'text'} inputMode={field.type === 'integer' ? 'numeric' : field.type === 'decimal' ? 'decimal' : undefined} value={text} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
}

export const FieldInputs = ({ fields, typed, problemOf, onChange }: Props) => <>{fields.map((each) => <Input key={each.key} field={each} value={typed[each.key]} error={problemOf(each.key)} onChange={(value) => onChange(each.key, value)} />)}</>;
