import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { isOutdated } from '@/api/versions';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Field, TextField } from '@/kit/Field';
import { tell } from '@/kit/act';
import { ClashNote } from '@/kit/editor/ClashNote';
import { Fresh } from '@/kit/editor/Fresh';
import { useOver } from '@/kit/editor/useOver';
import { groupsChanged, makeGroup, type Group } from './api';

export function GroupDialog({ group, onClose }: { group: Group | null; onClose: () => void }) {
  return <Fresh path={`/api/v2/groups/${group?.id}`} name="group" shown={group}>{(fresh, again) => <Shown group={fresh} onAgain={again} onClose={onClose} />}</Fresh>;
}

function Shown({ group, onAgain, onClose }: { group: Group | null; onAgain: () => void; onClose: () => void }) {
  const t = useWords('people');
  const [name, setName] = useState(group?.name ?? '');
  const [description, setDescription] = useState(group?.description ?? '');
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const over = useOver<Group>(`/api/v2/groups/${group?.id}`, 'group', group);
  const save = async () => {
    setBusy(true);
    setTrouble(undefined);
    try {
      const wish = { name: name.trim(), description: description.trim() };
      await (group ? over.change(wish) : makeGroup(wish));
      await groupsChanged();
      onClose();
    } catch (problem) {
      setBusy(false);
      if (isOutdated(problem)) return;
      const words = problem instanceof ApiError ? problem.about('name') ?? (problem.status === 409 ? t('groups.exists') : undefined) : undefined;
      setTrouble(words);
      if (!words) tell(problem);
    }
  };
  return (
    <Dialog title={group ? t('groups.edit') : t('groups.new')} onClose={onClose} className="w-[min(30rem,94vw)]">
      <form onSubmit={(event: FormEvent) => { event.preventDefault(); void save(); }}>
        {over.isClash && <ClashNote onMine={() => void over.accept().then(save, tell)} onTheirs={onAgain} />}
        <Field label={t('common:name')} required autoFocus maxLength={200} error={trouble} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextField label={t('groups.description')} rows={2} maxLength={800} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
        <div className="flex justify-end gap-2"><Button onClick={onClose}>{t('common:cancel')}</Button><Button type="submit" look="main" isBusy={isBusy}>{t('common:save')}</Button></div>
      </form>
    </Dialog>
  );
}
