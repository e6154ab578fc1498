// Who is in a group; others are put in, some are taken out.
import { useState } from 'react';
import { sameId } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Select } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { useAct } from '@/kit/act';
import { usePeople } from '../people/api';
import { groupsChanged, join, leave, useMembers, type Group } from './api';

export function Members({ group }: { group: Group }) {
  const t = useWords('people');
  const { can } = useSession();
  const members = useMembers(group.id);
  const people = usePeople();
  const [chosen, setChosen] = useState('');
  const [isBusy, act] = useAct();
  const mayChange = can('settings:manage');
  const change = (work: () => Promise<unknown>) => void act(async () => { await work(); await groupsChanged(); });
  const nameOf = (id: unknown) => { const found = people.data?.find((each) => String(each.id) === String(id)); return found ? found.name || found.email : String(id); };
  const others = (people.data ?? []).filter((person) => !person.suspended && !(members.data ?? []).some((each) => sameId(each.user_id, person.id)));
  return (
    <Loaded query={members}>{(list) => (
      <div className="mt-2">
        {list.length === 0 && <p className="text-faint">{t('groups.empty')}</p>}
        <ul className="flex flex-wrap gap-2">
          {list.map((each) => (
            <li key={String(each.id)} className="flex items-center gap-1 rounded-full border border-line bg-ground py-0.5 pr-1 pl-3">
              <a href={`#/people/${each.user_id}`} className="text-ink no-underline hover:underline [overflow-wrap:anywhere]">{nameOf(each.user_id)}</a>
              {mayChange && <Button look="quiet" className="!min-h-6 !rounded-full !px-1.5 !py-0" isBusy={isBusy} aria-label={t('groups.take_out', { who: nameOf(each.user_id), group: group.name })} onClick={() => change(() => leave(each.id))}>×</Button>}
            </li>
          ))}
        </ul>
        {mayChange && others.length > 0 && (
          <form className="mt-3 flex flex-wrap items-end gap-2" onSubmit={(event) => { event.preventDefault(); if (chosen) { change(() => join(chosen, group.id)); setChosen(''); } }}>
            <Select label={t('groups.add_person', { group: group.name })} isLabelHidden boxClass="!mb-0 min-w-60" value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
              <option value="">{t('groups.choose_person')}</option>
              {others.map((each) => <option key={String(each.id)} value={String(each.id)}>{each.name || each.email}</option>)}
            </Select>
            <Button type="submit" isBusy={isBusy} disabled={!chosen}>{t('common:add')}</Button>
          </form>
        )}
      </div>
    )}</Loaded>
  );
}
