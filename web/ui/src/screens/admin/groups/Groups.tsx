// Groups of agents: a ticket may belong to one, and to somebody who is in it.
import { useMemo, useState } from 'react';
import { useCommands } from '@/app/keys';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Loaded } from '@/kit/Loaded';
import { Empty, Page } from '@/kit/Page';
import { useAct } from '@/kit/act';
import { changeGroup, deleteGroup, groupsChanged, useGroups, type Group } from './api';
import { GroupDialog } from './GroupDialog';
import { Members } from './Members';

export default function Groups() {
  const t = useWords('people');
  const { can } = useSession();
  const query = useGroups();
  const [edited, setEdited] = useState<Group | 'new' | null>(null);
  const [isBusy, act] = useAct();
  const mayChange = can('settings:manage');
  useCommands(useMemo(() => (mayChange ? [{ id: 'groups.new', title: t('groups.new'), group: t('groups.title'), keys: 'c', run: () => setEdited('new') }] : []), [t, mayChange]));
  const remove = async (group: Group) => {
    if (!await confirmed({ title: t('groups.delete_title', { group: group.name }), text: t('groups.delete_text'), action: t('common:delete'), isDangerous: true })) return;
    await act(async () => { await deleteGroup(group.id); await groupsChanged(); }, t('groups.deleted'));
  };
  const actions = (group: Group, count: number) => mayChange && (
    <>
      {!group.default && <Button look="quiet" isBusy={isBusy} onClick={() => void act(async () => { await changeGroup(group.id, { default: true }); await groupsChanged(); })}>{t('groups.make_default')}</Button>}
      <Button look="quiet" onClick={() => setEdited(group)}>{t('common:edit')}</Button>
      {(!group.default || count === 1) && <Button look="quiet" isBusy={isBusy} onClick={() => void remove(group)}>{t('common:delete')}</Button>}
    </>
  );
  return (
    <Page title={t('groups.title')} intro={t('groups.intro')} actions={mayChange && <Button look="main" onClick={() => setEdited('new')}>{t('groups.new')}</Button>}>
      <Loaded query={query}>{(list) => (list.length === 0 ? <Empty>{t('groups.none')}</Empty> : (
        <>
          {list.map((group) => (
            <section key={String(group.id)} aria-label={group.name} className="mb-4 rounded-xl border border-line bg-paper p-4">
              <div className="flex flex-wrap items-center justify-between gap-2">
                <h2 className="flex flex-wrap items-center gap-2 [overflow-wrap:anywhere]">{group.name}{group.default && <Badge tone="accent">{t('groups.default')}</Badge>}</h2>
                <div className="flex flex-wrap gap-1">{actions(group, list.length)}</div>
              </div>
              {group.description && <p className="text-faint [overflow-wrap:anywhere]">{group.description}</p>}
              <Members group={group} />
            </section>
          ))}
        </>
      ))}</Loaded>
      {edited && <GroupDialog group={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Page>
  );
}
