// Invites a colleague: the answer holds a link that works once, which is for him only.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Field } from '@/kit/Field';
import { tell } from '@/kit/act';
import { SecretOnce } from '@/screens/me/SecretOnce';
import { invite, linkText, peopleChanged, type OneTimeLink } from './api';
import { RoleSelect } from './RoleSelect';
import { wishOf } from './role_choice';

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const t = useWords('people');
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState('agent');
  const [troubles, setTroubles] = useState<{ email?: string; name?: string; role?: string }>({});
  const [isBusy, setBusy] = useState(false);
  const [made, setMade] = useState<{ email: string; link: OneTimeLink } | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTroubles({});
    setBusy(true);
    try {
      const answer = await invite({ email: email.trim(), name: name.trim() || undefined, ...wishOf(role) });
      setMade({ email: answer.user.email, link: answer.enrolment });
      await peopleChanged();
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 409) setTroubles({ email: t('invite.exists') });
      else if (problem instanceof ApiError && problem.about('email')) setTroubles({ email: t('invite.bad_email') });
      else if (problem instanceof ApiError && problem.about('role')) setTroubles({ role: problem.about('role') });
      else tell(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t('invite.title')} onClose={onClose} className="w-[min(32rem,94vw)]">
      {made ? (
        <>
          <SecretOnce title={t('invite.made', { email: made.email })} hint={t('invite.made_hint')} text={linkText(made.link)} what={t('link.the_link')} onDone={onClose} />
          <Button onClick={() => { setMade(null); setEmail(''); setName(''); }}>{t('invite.another')}</Button>
        </>
      ) : (
        <form onSubmit={(event) => void submit(event)}>
          <Field label={t('common:email')} type="email" required autoFocus maxLength={320} autoComplete="off" error={troubles.email} value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
          <Field label={t('common:name')} maxLength={255} autoComplete="off" error={troubles.name} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <RoleSelect label={t('invite.role')} value={role} onChange={setRole} error={troubles.role} />
          <div className="flex justify-end gap-2"><Button onClick={onClose}>{t('common:cancel')}</Button><Button type="submit" look="main" isBusy={isBusy}>{t('invite.send')}</Button></div>
        </form>
      )}
    </Dialog>
  );
}
