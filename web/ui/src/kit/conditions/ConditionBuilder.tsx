// What views, triggers and automations ask of a ticket: all of some conditions, and one of others.
import { useRef } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { ConditionLine } from './ConditionLine';
import { freshCondition, kindOf } from './kinds';
import type { Choice, Condition, Conditions, FieldRow, Problems } from './types';
import { useKnown } from './useKnown';
import { useWording } from './wording';

export type RuleKind = 'view' | 'trigger' | 'automation' | 'policy';
interface BuilderProps { of: RuleKind; rows: { all: FieldRow[]; any: FieldRow[] }; value: Conditions; problems: Problems; onChange: (value: Conditions) => void }

// What may stand for a person or a group besides an id.
function useSpecials(of: RuleKind) {
  const { value: word } = useWording();
  return (row: FieldRow): Choice[] => {
    const out: string[] = row.nullable ? [''] : [];
    if (of === 'policy') return out.map((each) => ({ value: each, title: word(row.subject, each, row.subject === 'group_id' ? 'group' : undefined) })); // looked at whoever changes the ticket
    const isPerson = row.subject === 'assignee_id' || row.subject === 'requester_id' || row.subject === 'current_user';
    if (isPerson && of !== 'automation' && row.subject !== 'current_user') out.push('current_user');
    if (isPerson && of === 'trigger' && row.subject !== 'requester_id') out.push('requester_id');
    if (isPerson && of === 'trigger' && row.subject !== 'assignee_id') out.push('assignee_id');
    if (row.subject === 'group_id' && of !== 'automation') out.push('current_groups');
    return out.map((each) => ({ value: each, title: word(row.subject, each) }));
  };
}

function ConditionList({ of, list, rows, conditions, problems, onChange }: { of: RuleKind; list: 'all' | 'any'; rows: FieldRow[]; conditions: Condition[]; problems: Problems; onChange: (list: Condition[]) => void }) {
  const t = useWords('rules');
  const known = useKnown();
  const specials = useSpecials(of);
  const box = useRef<HTMLFieldSetElement>(null);
  const focusLast = () => requestAnimationFrame(() => {
    const lines = box.current?.querySelectorAll<HTMLElement>('li select');
    const fields = [...(lines ?? [])].filter((each) => each.closest('li')?.querySelector('select') === each);
    fields[fields.length - 1]?.focus();
  });
  const add = () => {
    const row = rows.find((each) => !conditions.some((other) => other.field === each.subject)) ?? rows[0];
    if (!row) return;
    onChange([...conditions, freshCondition(row, kindOf(row, known.fields))]);
    focusLast();
  };
  const remove = (index: number) => {
    onChange(conditions.filter((_, at) => at !== index));
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[data-add]')?.focus());
  };
  const problem = problems.get(`conditions.${list}`);
  return (
    <fieldset ref={box} className="mb-4 min-w-0">
      <legend className="mb-1 text-sm font-semibold">{t(`conditions.${list}`)}</legend>
      {conditions.length === 0 && <p className="mb-2 text-sm text-faint">{t(`conditions.${list}_none`)}</p>}
      <ul>
        {conditions.map((each, index) => (
          <ConditionLine key={index} rows={rows} condition={each} index={index} specials={specials} problems={problems} at={`conditions.${list}[${index}]`}
            onChange={(next) => onChange(conditions.map((other, at) => (at === index ? next : other)))} onRemove={() => remove(index)} />
        ))}
      </ul>
      {problem && <p role="alert" className="mb-2 text-sm text-bad">{problem}</p>}
      <Button data-add onClick={add}>{t(`conditions.${list}_add`)}</Button>
    </fieldset>
  );
}

export function ConditionBuilder({ of, rows, value, problems, onChange }: BuilderProps) {
  return (
    <>
      <ConditionList of={of} list="all" rows={rows.all} conditions={value.all} problems={problems} onChange={(all) => onChange({ ...value, all })} />
      <ConditionList of={of} list="any" rows={rows.any} conditions={value.any} problems={problems} onChange={(any) => onChange({ ...value, any })} />
    </>
  );
}
