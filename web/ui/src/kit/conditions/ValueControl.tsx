// The control for a condition's value: by the kind of its field.
import { Field, Select } from '@/kit/Field';
import { useWords } from '@/i18n';
import { firstOf, hoursAs, hoursFrom, takesSeveral, valuesOf, type Kind } from './kinds';
import { Picker } from './Picker';
import { Several } from './Several';
import type { Choice, Condition, FieldRow, Value } from './types';
import { findOrganizations, findPeople, findTags, useKnown, useNames, type Known } from './useKnown';
import { useWording } from './wording';

interface ValueProps { row: FieldRow; kind: Kind; condition: Condition; specials: Choice[]; label: string; error?: string; onChange: (value: Value) => void }

function choicesOf(row: FieldRow, kind: Kind, known: Known, word: (value: string) => string): Choice[] {
  if (kind === 'group') return known.groups;
  if (kind === 'status') return known.statuses;
  if (kind === 'form') return known.forms;
  if (kind === 'inbox') return known.inboxes;
  if (kind === 'policy') return known.policies;
  if (kind === 'group_policy') return known.groupPolicies;
  if (kind === 'option') return known.options(row.subject);
  if (kind === 'flag') return [{ value: 'true', title: word('true') }, { value: 'false', title: word('false') }];
  return (row.values ?? []).map((each) => ({ ...each, title: word(each.value) }));
}

function Hours({ condition, label, error, onChange }: ValueProps) {
  const t = useWords('rules');
  const { amount, unit } = hoursAs(firstOf(condition.value));
  return (
    <div className="flex gap-2">
      <Field boxClass="mb-0! flex-1" label={label} isLabelHidden error={error} inputMode="decimal" value={amount} onChange={(event) => onChange(hoursFrom(event.currentTarget.value, unit))} />
      <Select boxClass="mb-0!" label={t('unit')} isLabelHidden value={unit} onChange={(event) => onChange(hoursFrom(amount, event.currentTarget.value as 'hours' | 'days'))}>
        <option value="hours">{t('unit_hours')}</option><option value="days">{t('unit_days')}</option>
      </Select>
    </div>
  );
}

function Found({ row, kind, condition, specials, label, error, onChange }: ValueProps) {
  const { value: word } = useWording();
  const values = valuesOf(condition.value).filter((each) => each !== '' || !row.nullable || kind === 'person' || kind === 'organization');
  const nameOf = useNames(kind === 'organization' ? 'organizations' : 'users', kind === 'tags' ? [] : values);
  if (kind === 'tags') {
    return <Picker label={label} name="tags" isMany isFree values={firstOf(condition.value).split(/\s+/).filter(Boolean)} find={findTags} titleOf={(each) => each} error={error} onChange={(next) => onChange(next.join(' '))} />;
  }
  const isMany = takesSeveral(kind, condition.operator);
  const isFresh = values.length === 1 && values[0] === '' && !row.nullable;
  return <Picker label={label} name={kind} isMany={isMany} values={isFresh ? [] : values} fixed={specials} find={kind === 'organization' ? findOrganizations : (words) => findPeople(words, row.subject === 'assignee_id')}
    titleOf={(each) => nameOf(each) ?? word(row.subject, each, kind)} error={error} onChange={(next) => onChange(isMany ? next : (next[0] ?? null))} />;
}

export function ValueControl(props: ValueProps) {
  const { row, kind, condition, specials, label, error, onChange } = props;
  const known = useKnown();
  const { value: word } = useWording();
  if (kind === 'hours') return <Hours {...props} />;
  if (kind === 'person' || kind === 'organization' || kind === 'tags') return <Found {...props} />;
  const listed = choicesOf(row, kind, known, (value) => word(row.subject, value, kind));
  if (listed.length || ['choice', 'group', 'status', 'form', 'inbox', 'policy', 'group_policy', 'option'].includes(kind)) {
    const given = valuesOf(condition.value);
    const offered = [...specials, ...listed].filter((each) => each.enabled !== false || given.includes(each.value));
    const strange = given.filter((each) => !offered.some((other) => other.value === each)).map((each) => ({ value: each, title: word(row.subject, each, kind) }));
    if (takesSeveral(kind, condition.operator)) return <Several label={label} choices={[...offered, ...strange]} values={given} error={error} onChange={onChange} />;
    return (
      <Select boxClass="mb-0!" label={label} isLabelHidden error={error} value={firstOf(condition.value)} onChange={(event) => onChange(event.currentTarget.value)}>
        {[...strange, ...offered].map((each) => <option key={each.value} value={each.value}>{each.title}</option>)}
      </Select>
    );
  }
  const type = kind === 'date' ? 'date' : kind === 'address' ? 'email' : 'text';
  return <Field boxClass="mb-0!" label={label} isLabelHidden error={error} type={type} inputMode={kind === 'number' ? 'numeric' : kind === 'decimal' ? 'decimal' : undefined} value={firstOf(condition.value)} onChange={(event) => onChange(event.currentTarget.value)} />;
}
