// What macros, triggers and automations do, one after the other.
import { useRef } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Select } from '@/kit/Field';
import type { FieldRow, Problems } from '@/kit/conditions/types';
import { useKnown } from '@/kit/conditions/useKnown';
import { useWording } from '@/kit/conditions/wording';
import { customIdOf } from '@/kit/conditions/kinds';
import { ActionValue } from './ActionValue';
import { actionKindOf, freshAction, isRepeatable, type Action } from './types';

interface LineProps { rows: FieldRow[]; action: Action; index: number; count: number; problems: Problems; onChange: (action: Action) => void; onMove: (by: -1 | 1) => void; onRemove: () => void }
const kGroups = ['ticket', 'own', 'comment', 'notification'] as const;
const groupOf = (row: FieldRow) => (customIdOf(row.subject) ? 'own' : row.group);

function ActionLine({ rows, action, index, count, problems, onChange, onMove, onRemove }: LineProps) {
  const t = useWords('rules');
  const words = useWording();
  const known = useKnown();
  const at = `actions[${index}]`;
  const row = rows.find((each) => each.subject === action.field);
  const title = row ? words.field({ ...row, subject: `do_${row.subject}` }) : action.field;
  const titleOf = (each: FieldRow) => (customIdOf(each.subject) ? words.field(each) : words.field({ ...each, subject: `do_${each.subject}` }));
  const isWide = row && ['mail', 'group_mail', 'webhook', 'text'].includes(actionKindOf(row));
  return (
    <li className="mb-2 rounded-lg border border-line bg-ground p-2">
      <div className={`grid grid-cols-[1fr_auto] items-start gap-2 ${isWide ? '' : 'sm:grid-cols-[minmax(10rem,1fr)_minmax(10rem,1.6fr)_auto]'}`}>
        <Select boxClass="mb-0!" label={t('action.kind', { n: index + 1 })} isLabelHidden error={problems.get(`${at}.field`)} value={action.field}
          onChange={(event) => { const next = rows.find((each) => each.subject === event.currentTarget.value); if (next) onChange(freshAction(next, known.fields)); }}>
          {!row && <option value={action.field}>{t('unknown_field', { field: action.field })}</option>}
          {kGroups.map((group) => {
            const own = rows.filter((each) => groupOf(each) === group);
            return own.length > 0 && <optgroup key={group} label={t(`action.group.${group}`)}>{own.map((each) => <option key={each.subject} value={each.subject}>{titleOf(each)}</option>)}</optgroup>;
          })}
        </Select>
        <div className={isWide ? 'col-span-2 row-start-2' : 'min-w-0 max-sm:col-span-2 max-sm:row-start-2'}>{row && <ActionValue row={row} action={action} label={t('action.value', { n: index + 1, what: title })} problems={problems} at={at} onChange={(value) => onChange({ ...action, value })} />}</div>
        <div className={`flex ${isWide ? 'col-start-2 row-start-1' : 'max-sm:col-start-2 max-sm:row-start-1'}`}>
          <Button look="quiet" disabled={index === 0} aria-label={t('action.up', { n: index + 1 })} onClick={() => onMove(-1)}>↑</Button>
          <Button look="quiet" disabled={index === count - 1} aria-label={t('action.down', { n: index + 1 })} onClick={() => onMove(1)}>↓</Button>
          <Button look="quiet" aria-label={t('action.remove', { n: index + 1, what: title })} onClick={onRemove}>×</Button>
        </div>
      </div>
    </li>
  );
}

export function ActionBuilder({ rows, value, problems, onChange }: { rows: FieldRow[]; value: Action[]; problems: Problems; onChange: (value: Action[]) => void }) {
  const t = useWords('rules');
  const known = useKnown();
  const box = useRef<HTMLFieldSetElement>(null);
  const add = () => {
    const row = rows.find((each) => isRepeatable(each) ? false : !value.some((other) => other.field === each.subject)) ?? rows[0];
    if (!row) return;
    onChange([...value, freshAction(row, known.fields)]);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('ul > li:last-child select')?.focus());
  };
  const move = (index: number, by: -1 | 1) => {
    const next = [...value];
    const [taken] = next.splice(index, 1);
    if (taken) next.splice(index + by, 0, taken);
    onChange(next);
  };
  const problem = problems.get('actions');
  return (
    <fieldset ref={box} className="min-w-0">
      <legend className="mb-1 text-sm font-semibold">{t('action.title')}</legend>
      {value.length === 0 && <p className="mb-2 text-sm text-faint">{t('action.none')}</p>}
      <ul>
        {value.map((each, index) => (
          <ActionLine key={index} rows={rows} action={each} index={index} count={value.length} problems={problems}
            onChange={(next) => onChange(value.map((other, at) => (at === index ? next : other)))} onMove={(by) => move(index, by)}
            onRemove={() => { onChange(value.filter((_, at) => at !== index)); requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[data-add]')?.focus()); }} />
        ))}
      </ul>
      {problem && <p role="alert" className="mb-2 text-sm text-bad">{problem}</p>}
      <Button data-add onClick={add}>{t('action.add')}</Button>
    </fieldset>
  );
}
