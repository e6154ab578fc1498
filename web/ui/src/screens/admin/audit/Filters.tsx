// The form of the filters. What is typed goes into the address when it is sent.
import { useState, type FormEvent } from 'react';
import { setQueryParams } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Field, Select } from '@/kit/Field';
import { usePeople } from '../people/api';
import { exportPath } from './api';
import { isWholeObject, kFilterNames, toLocal, type AuditFilter } from './filter';

function ActorField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useWords('audit');
  const people = usePeople();
  const list = people.data ?? [];
  const isOther = value !== '' && value !== '0' && !list.some((each) => String(each.id) === value);
  return (
    <Select label={t('filter.actor_id')} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{t('filter.anybody')}</option>
      <option value="0">{t('filter.no_person')}</option>
      {isOther && <option value={value}>{t('filter.user', { id: value })}</option>}
      {list.map((each) => <option key={String(each.id)} value={String(each.id)}>{each.name || each.email}</option>)}
    </Select>
  );
}

export function Filters({ filter }: { filter: AuditFilter }) {
  const t = useWords('audit');
  const { can } = useSession();
  const [typed, setTyped] = useState(filter);
  const [trouble, setTrouble] = useState<string>();
  const set = (name: keyof AuditFilter, value: string) => setTyped((was) => ({ ...was, [name]: value }));
  const box = (name: keyof AuditFilter, rest: object = {}) => (
    <Field label={t(`filter.${name}`)} maxLength={200} spellCheck={false} placeholder={t(`filter.${name}_hint`) === `filter.${name}_hint` ? undefined : t(`filter.${name}_hint`)} value={typed[name]} onChange={(event) => set(name, event.currentTarget.value)} {...rest} />
  );
  const send = (wish: AuditFilter) => setQueryParams(Object.fromEntries(kFilterNames.map((name) => [name, wish[name].trim() || undefined])), { replace: false });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTrouble(isWholeObject(typed.object) ? undefined : t('filter.bad_object'));
    if (isWholeObject(typed.object)) send(typed);
  };
  const clear = () => { const none = Object.fromEntries(kFilterNames.map((name) => [name, ''])) as AuditFilter; setTyped(none); send(none); };
  const isFiltered = kFilterNames.some((name) => filter[name]);
  return (
    <form onSubmit={submit} aria-label={t('filter.title')} className="mb-4 rounded-xl border border-line bg-paper p-4 pb-3">
      <div className="grid grid-cols-2 gap-x-4 lg:grid-cols-4">
        {box('text')}
        {box('action', { list: 'audit-actions' })}
        {can('users:read') ? <ActorField value={typed.actor_id} onChange={(value) => set('actor_id', value)} /> : box('actor_id', { inputMode: 'numeric' })}
        {box('object', { error: trouble })}
        {box('ip_address')}
        {box('from', { type: 'datetime-local', value: toLocal(typed.from) })}
        {box('to', { type: 'datetime-local', value: toLocal(typed.to) })}
        <Select label={t('filter.outcome')} value={typed.outcome} onChange={(event) => set('outcome', event.currentTarget.value)}>
          {(['', 'ok', 'denied', 'failed'] as const).map((each) => <option key={each} value={each}>{t(`outcome.${each || 'any'}`)}</option>)}
        </Select>
      </div>
      <datalist id="audit-actions">{['sign_in*', 'ticket.*', 'comment.*', 'user.*', 'role.*', 'token.*', 'second_factor.*', 'rules.*', 'sla_policy.*', 'schedule.*', 'import.*', 'export.*', 'support.*', 'audit.exported', 'security_policy.changed', 'networks.changed'].map((each) => <option key={each} value={each} />)}</datalist>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button type="submit" look="main">{t('filter.search')}</Button>
        {isFiltered && <Button look="quiet" onClick={clear}>{t('filter.clear')}</Button>}
        <span className="ml-auto flex flex-wrap gap-x-4"><a href={exportPath(filter, 'csv')} download="audit.csv">{t('filter.csv')}</a><a href={exportPath(filter, 'jsonl')} download="audit.jsonl">{t('filter.jsonl')}</a></span>
      </div>
      <p className="mt-2 text-sm text-faint">{t('filter.bookmark')}</p>
    </form>
  );
}
