// In which groups somebody is, and which of them his tickets go to.
import { useState } from 'react';
import { sameId } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Select } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { useAct } from '@/kit/act';
import { FactorRow } from '@/screens/me/FactorRow';
import type { Person } from '../people/api';
import { groupsChanged, join, leave, makeOwnDefault, useGroups, useMembershipsOf } from './api';

export function GroupsOfPerson({ person }: { person: Person }) {
  const t = useWords('people');
  const { can } = useSession();
  const groups = useGroups();
  const memberships = useMembershipsOf(person.id);
  const [chosen, setChosen] = useState('');
  const [isBusy, act] = useAct();
  const mayChange = can('settings:manage');
  const change = (work: () => Promise<unknown>) => void act(async () => { await work(); await groupsChanged(); });
  const nameOf = (id: unknown) => groups.data?.find((each) => String(each.id) === String(id))?.name ?? String(id);
  const others = (groups.data ?? []).filter((group) => !(memberships.data ?? []).some((each) => sameId(each.group_id, group.id)));
  return (
    <Card title={t('groups.of_person')}>
      <Loaded query={memberships}>{(list) => (
        <>
          {list.length === 0 && <p className="text-faint">{t('groups.in_none')}</p>}
          <ul className="divide-y divide-line">
            {list.map((each) => (
              <FactorRow key={String(each.id)} name={nameOf(each.group_id)} badge={each.default ? <Badge tone="accent">{t('groups.own_default')}</Badge> : undefined}>
                {mayChange && !each.default && <Button look="quiet" isBusy={isBusy} aria-label={t('groups.make_own_default_one', { group: nameOf(each.group_id) })} onClick={() => change(() => makeOwnDefault(person.id, each.id))}>{t('groups.make_own_default')}</Button>}
                {mayChange && <Button look="quiet" isBusy={isBusy} aria-label={t('groups.leave_one', { group: nameOf(each.group_id) })} onClick={() => change(() => leave(each.id))}>{t('groups.leave')}</Button>}
              </FactorRow>
            ))}
          </ul>
        </>
      )}</Loaded>
      {mayChange && others.length > 0 && (
        <form className="mt-3 flex flex-wrap items-end gap-2" onSubmit={(event) => { event.preventDefault(); if (chosen) { change(() => join(person.id, chosen)); setChosen(''); } }}>
          <Select label={t('groups.add_to')} boxClass="!mb-0 min-w-60" value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
            <option value="">{t('groups.choose')}</option>
            {others.map((each) => <option key={String(each.id)} value={String(each.id)}>{each.name}</option>)}
          </Select>
          <Button type="submit" isBusy={isBusy} disabled={!chosen}>{t('common:add')}</Button>
        </form>
      )}
    </Card>
  );
}
