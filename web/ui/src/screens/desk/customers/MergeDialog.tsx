// Two entries of the same person become one: this one goes into another, for good.
import { useState } from 'react';
import { ApiError, put, sameId } from '@/api/http';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import type { Person } from '@/screens/desk/types';
import { PersonInput, type Picked } from '../ticket/PersonInput';

const nameOf = (person: { name: string; email: string }) => (person.name && person.name !== person.email ? `${person.name} (${person.email})` : person.email);

export function MergeDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useWords('desk');
  const [survivor, setSurvivor] = useState<Picked | null>(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const pick = (picked: Picked) => {
    if (sameId(picked.id, person.id)) { setProblem(t('merge.same')); return; }
    setProblem('');
    setSurvivor(picked);
  };
  const merge = async () => {
    if (!survivor?.id) return;
    setBusy(true);
    setProblem('');
    try {
      await put(`/api/v2/users/${person.id}/merge`, { user: { id: survivor.id } });
      onClose();
      go(`/people/users/${survivor.id}`);
      notice(t('merge.done', { gone: nameOf(person), kept: nameOf(survivor) }));
      void queries.invalidateQueries();
    } catch (failed) {
      setProblem((failed instanceof ApiError ? failed : new ApiError(0)).words);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t('merge.title', { name: person.name || person.email })} onClose={onClose}>
      <div className="w-[min(32rem,85vw)]">
        <p className="mb-3">{t('merge.text')}</p>
        {survivor
          ? (
            <dl className="mb-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 rounded-lg border border-line p-3">
              <dt className="text-faint">{t('merge.ends')}</dt><dd className="[overflow-wrap:anywhere]">{nameOf(person)}</dd>
              <dt className="text-faint">{t('merge.stays')}</dt><dd className="[overflow-wrap:anywhere]">{nameOf(survivor)} <Button look="quiet" onClick={() => setSurvivor(null)}>{t('merge.other')}</Button></dd>
            </dl>
          )
          : <p className="mb-3 flex flex-col gap-1"><span className="text-sm font-semibold">{t('merge.into')}</span><PersonInput label={t('merge.into')} placeholder={t('merge.find')} isFocused className="[&_input]:border-line-strong" onPick={pick} /></p>}
        {problem && <p role="alert" className="mb-3 text-bad">{problem}</p>}
        <div className="flex justify-end gap-2"><Button onClick={onClose}>{t('common:cancel')}</Button><Button look="danger" disabled={!survivor} isBusy={isBusy} onClick={() => void merge()}>{t('merge.do')}</Button></div>
      </div>
    </Dialog>
  );
}
