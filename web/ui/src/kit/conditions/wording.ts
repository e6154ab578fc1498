// The words of fields, operators and values. What the workspace has defined itself has the title that the API gives.
import { useMemo } from 'react';
import { useWords, type Words } from '@/i18n';
import { customIdOf, familyOf, hoursAs, kindOf, sectionOf, takesSeveral, takesValue, valuesOf, type Kind } from './kinds';
import type { Condition, FieldRow } from './types';
import { useKnown, type Known } from './useKnown';

const or = (t: Words, key: string, otherwise: string) => t(key, { defaultValue: otherwise });

export interface Wording {
  field: (row: Pick<FieldRow, 'subject' | 'title'>) => string;
  operator: (operator: string, kind: Kind, subject: string) => string;
  value: (subject: string, value: string, kind?: Kind) => string;
  sentence: (condition: Condition, row: FieldRow | undefined) => string;
}

function makeWording(t: Words, known: Known): Wording {
  const field: Wording['field'] = (row) => (customIdOf(row.subject) ? known.fieldTitle(row.subject) || row.title : or(t, `field.${row.subject}`, row.title || row.subject));
  const operator: Wording['operator'] = (word, kind, subject) => or(t, `op.${familyOf(kind, subject)}.${word}`, '') || or(t, `op.base.${word}`, word);
  const value: Wording['value'] = (subject, given, kind = 'text') => {
    if (given === '') return t(sectionOf(subject) === 'people' && kind !== 'group' && subject !== 'organization_id' ? 'value.nobody' : 'value.nothing');
    if (kind === 'hours') {
      const { amount, unit } = hoursAs(given);
      return t(`hours.${unit}`, { count: Number(amount), amount });
    }
    const title = known.title(kind, subject, given);
    if (title !== undefined || !/^\w+$/.test(given)) return title ?? given;
    return or(t, `value.${subject}.${given}`, '') || or(t, `value.any.${given}`, given);
  };
  const sentence: Wording['sentence'] = (condition, row) => {
    if (!row) return t('unknown_condition', { field: condition.field });
    const kind = kindOf(row, known.fields);
    const words = [field(row), operator(condition.operator, kind, row.subject)];
    const values = valuesOf(condition.value).map((each) => value(row.subject, each, kind));
    if (takesValue(row, condition.operator)) words.push(values.length ? values.join(takesSeveral(kind, condition.operator) ? ', ' : ' ') : value(row.subject, '', kind));
    return words.join(' ');
  };
  return { field, operator, value, sentence };
}

export function useWording(): Wording {
  const t = useWords('rules');
  const known = useKnown();
  return useMemo(() => makeWording(t, known), [t, known]);
}
