// One condition: field, operator, value; a field that the workspace has no more stays until it is taken away.
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Select } from '@/kit/Field';
import { freshCondition, kindOf, sectionOf, sections, takesValue, withOperator } from './kinds';
import type { Choice, Condition, FieldRow, Problems } from './types';
import { useKnown } from './useKnown';
import { ValueControl } from './ValueControl';
import { useWording } from './wording';

interface LineProps {
  rows: FieldRow[];
  condition: Condition;
  index: number;
  specials: (row: FieldRow) => Choice[];
  problems: Problems;
  at: string; // "conditions.all[0]"
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

export function ConditionLine({ rows, condition, index, specials, problems, at, onChange, onRemove }: LineProps) {
  const t = useWords('rules');
  const known = useKnown();
  const words = useWording();
  const row = rows.find((each) => each.subject === condition.field);
  const kind = row ? kindOf(row, known.fields) : 'text';
  const number = { n: index + 1 };
  const lineProblem = problems.get(at);
  const change = (subject: string) => {
    const next = rows.find((each) => each.subject === subject);
    if (!next) return;
    const nextKind = kindOf(next, known.fields);
    const fresh = freshCondition(next, nextKind);
    const first = { group: known.groups, status: known.statuses, form: known.forms, inbox: known.inboxes, policy: known.policies, group_policy: known.groupPolicies, option: known.options(subject) }[nextKind as string]?.[0]?.value;
    onChange(first !== undefined && takesValue(next, fresh.operator) ? { ...fresh, value: first } : fresh);
  };
  return (
    <li className="mb-2 rounded-lg border border-line bg-ground p-2">
      <div className="grid grid-cols-[1fr_auto] items-start gap-2 sm:grid-cols-[minmax(9rem,1.1fr)_minmax(8rem,1fr)_minmax(10rem,1.6fr)_auto]">
        <Select boxClass="mb-0!" label={t('condition.field', number)} isLabelHidden error={problems.get(`${at}.field`)} value={condition.field} onChange={(event) => change(event.currentTarget.value)}>
          {!row && <option value={condition.field}>{t('unknown_field', { field: condition.field })}</option>}
          {sections.map((section) => {
            const own = rows.filter((each) => sectionOf(each.subject) === section);
            return own.length > 0 && <optgroup key={section} label={t(`section.${section}`)}>{own.map((each) => <option key={each.subject} value={each.subject}>{words.field(each)}</option>)}</optgroup>;
          })}
        </Select>
        {row ? (
          <Select boxClass="mb-0! max-sm:col-span-2" label={t('condition.operator', number)} isLabelHidden error={problems.get(`${at}.operator`)} value={condition.operator} onChange={(event) => onChange(withOperator(condition, row, kind, event.currentTarget.value))}>
            {!row.operators?.some((each) => each.value === condition.operator) && <option value={condition.operator}>{words.operator(condition.operator, kind, row.subject)}</option>}
            {row.operators?.map((each) => <option key={each.value} value={each.value}>{words.operator(each.value, kind, row.subject)}</option>)}
          </Select>
        ) : <span className="py-1.5 text-faint">{condition.operator}</span>}
        {row && takesValue(row, condition.operator)
          ? <div className="min-w-0 max-sm:col-span-2"><ValueControl row={row} kind={kind} condition={condition} specials={specials(row)} label={t('condition.value', number)} error={problems.get(`${at}.value`)} onChange={(value) => onChange({ ...condition, value })} /></div>
          : <span className="max-sm:hidden" />}
        <Button look="quiet" className="max-sm:col-start-2 max-sm:row-start-1" aria-label={t('condition.remove', { n: index + 1, what: words.sentence(condition, row) })} onClick={onRemove}>×</Button>
      </div>
      {lineProblem && <p role="alert" className="mt-1 text-sm text-bad">{lineProblem}</p>}
    </li>
  );
}
