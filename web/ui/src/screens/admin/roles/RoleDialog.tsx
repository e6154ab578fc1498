// A role of the workspace's own: a name, and single permissions.
import { useState, type FormEvent } from 'react';
import { ApiError, wordsOf, type Id } from '@/api/http';
import { isOutdated } from '@/api/versions';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Dialog } from '@/kit/Dialog';
import { Field, TextField } from '@/kit/Field';
import { isUnproved } from '@/kit/act';
import { ClashNote } from '@/kit/editor/ClashNote';
import { Fresh } from '@/kit/editor/Fresh';
import { deleteSeen } from '@/kit/editor/remove';
import { useOver } from '@/kit/editor/useOver';
import type { Role, Roles } from '../people/api';
import { usePermissionWord } from '../people/words';
import { makeRole, rolesChanged } from './api';

const kPath = '/api/v2/custom_roles';
interface Props { role: Role | null; all: Roles; onClose: () => void }

export function RoleDialog({ role, all, onClose }: Props) {
  return <Fresh path={`${kPath}/${role?.id}`} name="custom_role" shown={role}>{(fresh, again) => <Shown role={fresh} all={all} onClose={onClose} onAgain={again} />}</Fresh>;
}

function Shown({ role, all, onClose, onAgain }: Props & { onAgain: () => void }) {
  const t = useWords('people');
  const { permissions: mine } = useSession();
  const permissionWord = usePermissionWord();
  const [name, setName] = useState(role?.name ?? '');
  const [description, setDescription] = useState(role?.description ?? '');
  const [chosen, setChosen] = useState<string[]>(role?.permissions ?? []);
  const [trouble, setTrouble] = useState('');
  const [isBusy, setBusy] = useState(false);
  const over = useOver<Role>(`${kPath}/${role?.id}`, 'custom_role', role);
  const run = async (work: () => Promise<unknown | false>) => {
    setBusy(true);
    setTrouble('');
    try {
      const done = await work();
      await rolesChanged();
      if (done === false) setBusy(false);
      else onClose();
    } catch (problem) {
      setBusy(false);
      if (!isUnproved(problem) && !isOutdated(problem)) setTrouble(problem instanceof ApiError && problem.status === 409 ? t('roles.conflict') : wordsOf(problem));
    }
  };
  const save = () => {
    const wish = { name: name.trim(), description: description.trim(), permissions: chosen };
    void run(() => (role?.id ? over.change(wish) : makeRole(wish)));
  };
  const remove = async () => {
    if (role?.id && await confirmed({ title: t('roles.remove_title', { role: role.name }), text: t('roles.remove_text'), action: t('common:remove'), isDangerous: true })) await run(() => deleteSeen({ path: kPath, name: 'custom_role', thing: role as Role & { id: Id }, title: role.name }));
  };
  return (
    <Dialog title={role ? t('roles.edit') : t('roles.new')} onClose={onClose} className="w-[min(40rem,94vw)]">
      <form onSubmit={(event: FormEvent) => { event.preventDefault(); save(); }}>
        {over.isClash && <ClashNote onMine={() => void over.accept().then(save, (problem: unknown) => setTrouble(wordsOf(problem)))} onTheirs={onAgain} />}
        <div role="alert">{trouble && <p className="mb-3 rounded-md border border-bad bg-bad-ground px-3 py-2 text-bad">{trouble}</p>}</div>
        <Field label={t('common:name')} required autoFocus maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextField label={t('roles.description')} rows={2} maxLength={800} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
        <fieldset className="mb-3">
          <legend className="mb-1 text-sm font-semibold">{t('roles.may')}</legend>
          <div className="grid gap-1 sm:grid-cols-2">
            {all.permissions.map((each) => (
              <label key={each.name} className={`flex items-start gap-2 ${mine.has(each.name) ? '' : 'opacity-60'}`}><input type="checkbox" className="mt-1 size-4 shrink-0 accent-accent" disabled={!mine.has(each.name)} checked={chosen.includes(each.name)}
                onChange={(event) => setChosen(event.currentTarget.checked ? [...chosen, each.name] : chosen.filter((one) => one !== each.name))} />{permissionWord(each.name, each.description)}</label>
            ))}
          </div>
          {all.permissions.some((each) => !mine.has(each.name)) && <p className="mt-1 text-sm text-faint">{t('roles.not_yours')}</p>}
        </fieldset>
        {role && <p className="mb-3 text-sm text-faint">{t('roles.at_once')}</p>}
        <div className="flex flex-wrap justify-end gap-2">
          {role && <Button look="danger" className="mr-auto" isBusy={isBusy} onClick={() => void remove()}>{t('common:remove')}</Button>}
          <Button onClick={onClose}>{t('common:cancel')}</Button><Button type="submit" look="main" isBusy={isBusy}>{t('common:save')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
