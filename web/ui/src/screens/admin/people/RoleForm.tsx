import { useState, type FormEvent } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { useAct } from '@/kit/act';
import { giveRole, peopleChanged, type Person } from './api';
import { RoleSelect } from './RoleSelect';
import { valueOfPerson, wishOf } from './role_choice';

export function RoleForm({ person }: { person: Person }) {
  const t = useWords('people');
  const now = valueOfPerson(person);
  const [value, setValue] = useState(now);
  const [isBusy, act] = useAct();
  const save = (event: FormEvent) => {
    event.preventDefault();
    void act(async () => { await giveRole(person.id, wishOf(value)); await peopleChanged(); }, t('role_given'));
  };
  return (
    <form onSubmit={save} className="mb-4 max-w-md">
      <RoleSelect label={t('the_role')} value={value} onChange={setValue} />
      <Button type="submit" isBusy={isBusy} disabled={value === now}>{t('give_role')}</Button>
    </form>
  );
}
