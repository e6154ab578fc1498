// In which inboxes an agent works: all of them, those to come too, or those that are ticked.
import { useState, type FormEvent } from 'react';
import { sameId, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Loaded } from '@/kit/Loaded';
import { useAct } from '@/kit/act';
import { giveInboxes, peopleChanged, useInboxes, type Person } from './api';

export function InboxesForm({ person }: { person: Person }) {
  const t = useWords('people');
  const inboxes = useInboxes();
  const [isAll, setAll] = useState(person.inbox_ids === null);
  const [chosen, setChosen] = useState<Id[]>(person.inbox_ids ?? []);
  const [isBusy, act] = useAct();
  const save = (event: FormEvent) => {
    event.preventDefault();
    void act(async () => { await giveInboxes(person.id, isAll ? null : chosen); await peopleChanged(); }, t('inboxes.saved'));
  };
  const radio = (value: boolean, words: string) => <label className="mb-1 flex items-center gap-2"><input type="radio" name="inboxes" checked={isAll === value} onChange={() => setAll(value)} className="size-4 accent-accent" />{words}</label>;
  return (
    <form onSubmit={save}>
      <fieldset>
        <legend className="mb-1 text-sm font-semibold">{t('inboxes.title')}</legend>
        {radio(true, t('inboxes.all_hint'))}
        {radio(false, t('inboxes.only'))}
        {!isAll && (
          <Loaded query={inboxes}>{({ inboxes: list }) => (
            <div className="mb-2 ml-6">
              {list.map((each) => (
                <label key={String(each.id)} className="flex items-center gap-2 py-0.5"><input type="checkbox" className="size-4 accent-accent" checked={chosen.some((id) => sameId(id, each.id))}
                  onChange={(event) => setChosen(event.currentTarget.checked ? [...chosen, each.id] : chosen.filter((id) => !sameId(id, each.id)))} />
                <span className="[overflow-wrap:anywhere]">{each.name && each.name !== each.address ? `${each.name} (${each.address})` : each.address}</span></label>
              ))}
              {chosen.length === 0 && <p className="text-sm text-warn">{t('inboxes.none_hint')}</p>}
            </div>
          )}</Loaded>
        )}
      </fieldset>
      <Button type="submit" isBusy={isBusy} className="mt-1">{t('inboxes.save')}</Button>
    </form>
  );
}
