// Fields of the workspace's own; a form says which of them a ticket asks for.
import { useEffect, useState } from 'react';
import { sameId } from '@/api/http';
import { useWords } from '@/i18n';
import { Check, Field, Select, TextField } from '@/kit/Field';
import { useFields, useForms } from '../data/queries';
import type { FieldValue, TicketField } from '@/screens/desk/types';
import type { FieldProps } from './Properties';

interface One { field: TicketField; value: FieldValue; isFixed: boolean; error?: string; onSet: (value: FieldValue) => void }

// Typed text is stored when it is left or Enter is pressed; what comes from elsewhere meanwhile does not take it away.
function Typed({ field, value, isFixed, error, onSet }: One) {
  const stored = value === null ? '' : String(value);
  const [text, setText] = useState<string | null>(null);
  useEffect(() => { if (text === stored) setText(null); }, [text, stored]);
  const done = () => { if (text !== null && text !== stored) onSet(text.trim() || null); };
  const props = { label: field.title, hint: field.description || undefined, error, value: text ?? stored, disabled: isFixed, required: field.required };
  if (field.type === 'textarea') return <TextField {...props} onInput={(event) => setText(event.currentTarget.value)} onBlur={done} />;
  return <Field {...props} type={field.type === 'date' ? 'date' : 'text'} inputMode={field.type === 'integer' ? 'numeric' : field.type === 'decimal' ? 'decimal' : undefined}
    onInput={(event) => setText(event.currentTarget.value)} onBlur={done} onKeyDown={(event) => { if (event.key === 'Enter') done(); }} />;
}

function Multi({ field, value, isFixed, error, onSet }: One) {
  const chosen = Array.isArray(value) ? value : [];
  return (
    <fieldset className="mb-3" disabled={isFixed}>
      <legend className="mb-1 text-sm font-semibold">{field.title}</legend>
      <div className="max-h-40 overflow-auto rounded-md border border-line p-1.5">
        {(field.custom_field_options ?? []).map((each) => <Check key={each.value} label={each.name.replaceAll('::', ' › ')} className="mb-0.5!" checked={chosen.includes(each.value)} onChange={(event) => onSet(event.currentTarget.checked ? [...chosen, each.value] : chosen.filter((one) => one !== each.value))} />)}
      </div>
      {error && <p role="alert" className="mt-1 text-sm text-bad">{error}</p>}
    </fieldset>
  );
}

function OneField(props: One) {
  const t = useWords('ticket');
  const { field, value, isFixed, error, onSet } = props;
  if (field.type === 'checkbox') return <><Check label={field.title} hint={field.description || undefined} checked={value === true} disabled={isFixed} onChange={(event) => onSet(event.currentTarget.checked)} />{error && <p role="alert" className="text-sm text-bad">{error}</p>}</>;
  if (field.type === 'multiselect') return <Multi {...props} />;
  if (field.type === 'tagger') {
    return (
      <Select label={field.title} hint={field.description || undefined} error={error} value={String(value ?? '')} disabled={isFixed} onChange={(event) => onSet(event.currentTarget.value || null)}>
        <option value="">{t('nothing')}</option>
        {(field.custom_field_options ?? []).map((each) => <option key={each.value} value={each.value}>{each.name.replaceAll('::', ' › ')}</option>)}
      </Select>
    );
  }
  return <Typed {...props} />;
}

export function CustomFields({ ticket, save, problems, isFixed }: FieldProps) {
  const fields = useFields().data;
  const form = (useForms().data ?? []).find((each) => sameId(each.id, ticket.ticket_form_id));
  const known = ticket.custom_fields.flatMap((each) => { const field = fields?.find((one) => sameId(one.id, each.id)); return field ? [{ field, value: each.value }] : []; });
  const asked = form ? known.filter(({ field, value }) => form.ticket_field_ids.some((each) => sameId(each, field.id)) || (value !== null && value !== false && !(Array.isArray(value) && value.length === 0))) : known;
  const problemOf = (field: TicketField) => problems[`custom_fields.${field.id}`] ?? (asked.length === 1 ? problems.custom_fields : undefined);
  return (
    <>
      {asked.map(({ field, value }) => <OneField key={String(field.id)} field={field} value={value} isFixed={isFixed} error={problemOf(field)} onSet={(next) => void save({ custom_fields: [{ id: field.id, value: next }] })} />)}
      {asked.length > 1 && problems.custom_fields && <p role="alert" className="mb-2 text-sm text-bad">{problems.custom_fields}</p>}
    </>
  );
}
