// The control for an action's value.
import { Field, Select } from '@/kit/Field';
import { useWords } from '@/i18n';
import { kindOf } from '@/kit/conditions/kinds';
import { Picker } from '@/kit/conditions/Picker';
import type { Choice, FieldRow, Problems } from '@/kit/conditions/types';
import { findPeople, findTags, useKnown, useNames } from '@/kit/conditions/useKnown';
import { ValueControl } from '@/kit/conditions/ValueControl';
import { useWording } from '@/kit/conditions/wording';
import { Template } from './Template';
import { actionKindOf, partsOf, textOf, type Action } from './types';
import { WebhookValue } from './WebhookValue';

export interface ActionValueProps { row: FieldRow; action: Action; label: string; problems: Problems; at: string; onChange: (value: string | string[]) => void }

function Choose({ choices, value, label, error, onChange }: { choices: Choice[]; value: string; label: string; error?: string; onChange: (value: string) => void }) {
  const strange = choices.some((each) => each.value === value) ? [] : [{ value, title: value || '…' }];
  return (
    <Select boxClass="mb-0!" label={label} isLabelHidden error={error} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {[...strange, ...choices].map((each) => <option key={each.value} value={each.value}>{each.title}</option>)}
    </Select>
  );
}

function Person({ row, value, fixed, label, error, onChange }: { row: FieldRow; value: string; fixed: Choice[]; label: string; error?: string; onChange: (value: string) => void }) {
  const words = useWording();
  const nameOf = useNames('users', [value]);
  const isChosen = value !== '' || row.nullable;
  return <Picker label={label} name={row.subject} values={isChosen ? [value] : []} fixed={fixed} find={(text) => findPeople(text, row.subject !== 'cc')}
    titleOf={(each) => nameOf(each) ?? words.value(row.subject, each)} error={error} onChange={(next) => onChange(next[0] ?? '')} />;
}

function Mail({ row, action, label, problems, at, onChange }: ActionValueProps) {
  const t = useWords('rules');
  const words = useWording();
  const [whom = '', subject = '', text = ''] = partsOf(action);
  const fixed = (row.values ?? []).map((each) => ({ ...each, title: /^\d+$/.test(each.value) ? each.title : words.value(row.subject, each.value) }));
  const problem = problems.get(`${at}.value`);
  const isGroup = actionKindOf(row) === 'group_mail';
  const to = (value: string) => onChange([value, subject, text]);
  return (
    <div>
      <div className="mb-2">{isGroup ? <Choose choices={fixed} value={whom} label={label} onChange={to} /> : <Person row={{ ...row, nullable: false }} value={whom} fixed={fixed} label={label} onChange={to} />}</div>
      <Template label={t('mail.subject')} isLine value={subject} error={problem && !subject.trim() ? problem : undefined} onChange={(value) => onChange([whom, value, text])} />
      <Template label={t('mail.text')} value={text} error={problem && subject.trim() ? problem : undefined} hint={isGroup ? undefined : t('mail.hint')} onChange={(value) => onChange([whom, subject, value])} />
    </div>
  );
}

export function ActionValue(props: ActionValueProps) {
  const { row, action, label, problems, at, onChange } = props;
  const t = useWords('rules');
  const known = useKnown();
  const words = useWording();
  const kind = actionKindOf(row);
  const error = problems.get(`${at}.value`);
  const [first = '', second = ''] = partsOf(action);
  const named = (values: Choice[] | undefined) => (values ?? []).map((each) => ({ ...each, title: words.value(row.subject, each.value) }));
  if (kind === 'mail' || kind === 'group_mail') return <Mail {...props} />;
  if (kind === 'webhook') return <WebhookValue {...props} />;
  if (kind === 'text' || kind === 'line') return <Template label={t('action.text')} isLine={kind === 'line'} value={textOf(action)} error={error} onChange={onChange} />;
  if (kind === 'tags') return <Picker label={label} name="tags" isMany isFree values={partsOf(action).join(' ').split(/\s+/).filter(Boolean)} find={findTags} titleOf={(each) => each} error={error} onChange={(next) => onChange(next.join(' '))} />;
  if (kind === 'agent' || kind === 'person') {
    const fixed = [...(row.nullable && row.subject !== 'follower' ? [{ value: '', title: words.value(row.subject, '') }] : []), ...named(row.values)];
    return <Person row={{ ...row, nullable: row.nullable && row.subject !== 'follower' }} value={first} fixed={fixed} label={label} error={error} onChange={onChange} />;
  }
  if (kind === 'group') {
    const groups = [{ value: '', title: words.value('group_id', '') }, ...(row.values ?? []).map((each) => ({ ...each, title: words.value('group_id', each.value, 'group') }))];
    return <Choose choices={groups} value={first} label={label} error={error} onChange={onChange} />;
  }
  if (kind === 'status') return <Choose choices={known.statuses} value={first} label={label} error={error} onChange={onChange} />;
  if (kind === 'due') {
    return (
      <div className="flex gap-2">
        <Field boxClass="mb-0! flex-1" label={label} isLabelHidden error={error} inputMode="numeric" value={second} onChange={(event) => onChange([first, event.currentTarget.value])} />
        <Choose choices={named(row.values)} value={first} label={t('unit')} onChange={(value) => onChange([value, second])} />
      </div>
    );
  }
  if (kind === 'custom') {
    const several = known.fields.find((each) => row.subject.endsWith(String(each.id)))?.type === 'multiselect';
    const condition = { field: row.subject, operator: several ? 'includes' : 'is', value: several ? partsOf(action).filter(Boolean) : first };
    return <ValueControl row={row} kind={kindOf(row, known.fields)} condition={condition} specials={several ? [] : [{ value: '', title: words.value(row.subject, '') }]} label={label} error={error} onChange={(value) => onChange(value ?? '')} />;
  }
  return <Choose choices={named(row.values)} value={first} label={label} error={error} onChange={onChange} />;
}
