import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { notice } from '@/app/notices';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Card } from '@/kit/Page';
import { tell } from '@/kit/act';
import { PasswordField } from '@/screens/entry/PasswordField';
import { passwordWords } from '@/screens/entry/troubles';
import { changePassword, refresh } from './api';

export function PasswordCard() {
  const t = useWords('me');
  const { me } = useSession();
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [troubles, setTroubles] = useState<{ old?: string; next?: string }>({});
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTroubles({});
    setBusy(true);
    try {
      await changePassword(old, next);
      setOld('');
      setNext('');
      notice(t('password.changed'));
      await refresh('own_sessions');
    } catch (problem) {
      const found = { old: problem instanceof ApiError && problem.about('previous_password') ? t('password.wrong') : undefined, next: passwordWords(t, problem) };
      if (found.old || found.next) setTroubles(found);
      else tell(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title={t('password.title')}>
      <form onSubmit={(event) => void submit(event)} className="max-w-sm">
        <input type="email" autoComplete="username" value={me.email} readOnly hidden />
        <PasswordField label={t('password.old')} error={troubles.old} autoComplete="current-password" required value={old} onChange={(event) => setOld(event.currentTarget.value)} />
        <PasswordField label={t('password.new')} hint={t('entry:enrol.hint')} error={troubles.next} autoComplete="new-password" required value={next} onChange={(event) => setNext(event.currentTarget.value)} />
        <Button type="submit" look="main" isBusy={isBusy} disabled={!old || !next}>{t('password.change')}</Button>
        <p className="mt-2 text-sm text-faint">{t('password.hint')}</p>
      </form>
    </Card>
  );
}
