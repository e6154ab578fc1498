// Sets a password with a one-time link: an invitation, a forgotten password, one that has to be replaced.
import { useEffect, useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { go } from '@/app/place';
import type { SessionAnswer } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Wait } from '@/kit/Wait';
import { Frame } from './Frame';
import { PasswordField } from './PasswordField';
import { SecondStep } from './SignIn';
import { Trouble } from './Trouble';
import { entryWords, passwordWords, useWait, waitOf } from './troubles';
import { enrol, isPending, previewEnrolment, type PendingSignIn } from './ways';

interface Props { token: string; onEntered: (answer: SessionAnswer) => void; isSignedIn: boolean }
type Whom = { email: string; name: string } | { trouble: string } | null;

function useWhom(token: string): Whom {
  const t = useWords('entry');
  const [whom, setWhom] = useState<Whom>(null);
  useEffect(() => {
    let isOver = false;
    setWhom(null);
    previewEnrolment(token).then((found) => { if (!isOver) setWhom(found); }, (problem) => {
      if (isOver) return;
      const isUnknown = problem instanceof ApiError && (problem.status === 401 || problem.status === 404);
      setWhom({ trouble: isUnknown ? t('enrol.not_valid') : entryWords(t, problem, 'link') });
    });
    return () => { isOver = true; };
  }, [token, t]);
  return whom;
}

function PasswordForm({ token, whom, onEntered, onPending }: { token: string; whom: { email: string; name: string }; onEntered: Props['onEntered']; onPending: (pending: PendingSignIn) => void }) {
  const t = useWords('entry');
  const [first, setFirst] = useState('');
  const [again, setAgain] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState('');
  const [weak, setWeak] = useState<string>();
  const [differ, setDiffer] = useState(false);
  const [wait, startWait] = useWait();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTrouble('');
    setWeak(undefined);
    setDiffer(first !== again);
    if (first !== again || isBusy) return;
    setBusy(true);
    try {
      const answer = await enrol(token, first);
      if (isPending(answer)) onPending(answer.sign_in);
      else onEntered(answer);
    } catch (problem) {
      const words = passwordWords(t, problem);
      setWeak(words);
      if (!words) setTrouble(problem instanceof ApiError && problem.status === 401 ? t('enrol.not_valid') : entryWords(t, problem, 'link'));
      startWait(waitOf(problem));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Trouble words={trouble} wait={wait} />
      <p className="mb-3">{t('enrol.for', { who: whom.name && whom.name !== whom.email ? `${whom.name} (${whom.email})` : whom.email })}</p>
      {/* So that password managers file it under the right name. */}
      <input type="email" autoComplete="username" value={whom.email} readOnly hidden />
      <PasswordField label={t('enrol.new')} hint={t('enrol.hint')} error={weak} autoComplete="new-password" required autoFocus value={first} onChange={(event) => setFirst(event.currentTarget.value)} />
      <PasswordField label={t('enrol.again')} error={differ && first !== again ? t('enrol.differ') : undefined} autoComplete="new-password" required value={again} onChange={(event) => setAgain(event.currentTarget.value)} />
      <Button type="submit" look="main" className="w-full" isBusy={isBusy} disabled={wait > 0}>{t('enrol.set')}</Button>
    </form>
  );
}

export function Enrolment({ token, onEntered, isSignedIn }: Props) {
  const t = useWords('entry');
  const whom = useWhom(token);
  const [pending, setPending] = useState<PendingSignIn | null>(null);
  if (pending) return <SecondStep pending={pending} onEntered={onEntered} onAgain={() => go('/', { replace: true })} />;
  if (!whom) return <Frame title={t('enrol.title')}><Wait /></Frame>;
  if ('trouble' in whom) {
    return (
      <Frame title={t('enrol.not_valid_title')}>
        <p role="alert" className="mb-4">{whom.trouble}</p>
        <a href="#/">{isSignedIn ? t('to_the_desk') : t('to_sign_in')}</a>
      </Frame>
    );
  }
  return (
    <Frame title={t('enrol.title')}>
      {isSignedIn && <p className="mb-3 rounded-md border border-warn/40 bg-warn-ground px-3 py-2 text-warn">{t('enrol.signed_in')}</p>}
      <PasswordForm token={token} whom={whom} onEntered={onEntered} onPending={setPending} />
    </Frame>
  );
}
