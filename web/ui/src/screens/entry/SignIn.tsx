// Signing in: password, second step, passkey; the way to a new password.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import type { SessionAnswer } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Field } from '@/kit/Field';
import { FactorForm } from './FactorForm';
import { Forgotten } from './Forgotten';
import { Frame } from './Frame';
import { PasswordField } from './PasswordField';
import { Trouble } from './Trouble';
import { entryWords, useWait, waitOf, type Occasion } from './troubles';
import { answerSignIn, isPending, sendText, signIn, signInChallenge, signInWithPasskey, type PendingSignIn, type SignInAnswer } from './ways';
import { askKey, canUseKeys } from './webauthn';

type OnEntered = (answer: SessionAnswer) => void;

// A password that is due for a change is replaced by the link that comes instead of the session.
export function followDueLink(problem: unknown, why: string): boolean {
  const due = problem instanceof ApiError ? (problem.problem.password_change as { path?: string } | undefined) : undefined;
  if (!due?.path) return false;
  notice(why, { ms: 15_000 });
  go(due.path.replace(/^\/?#/, ''));
  return true;
}

export function SecondStep({ pending, onEntered, onAgain }: { pending: PendingSignIn; onEntered: OnEntered; onAgain: () => void }) {
  const t = useWords('entry');
  const send = async (proof: Parameters<typeof answerSignIn>[1]) => {
    if (Date.parse(pending.expires_at) < Date.now()) throw new Error(t('factor.over'));
    try {
      const answer = await answerSignIn(pending.token, proof);
      if (!isPending(answer)) onEntered(answer);
    } catch (problem) {
      if (!followDueLink(problem, t('due'))) throw problem;
    }
  };
  return (
    <Frame title={t('second_step')}>
      <FactorForm methods={pending.methods} remembers={pending.may_remember_device} occasion="factor" challenge={() => signInChallenge(pending.token)}
        text={pending.text_message_to ? { to: pending.text_message_to, send: () => sendText(pending.token) } : undefined} send={send} cancel={{ label: t('start_anew'), run: onAgain }} />
    </Frame>
  );
}

export function SignIn({ onEntered }: { onEntered: OnEntered }) {
  const t = useWords('entry');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [pending, setPending] = useState<PendingSignIn | null>(null);
  const [isForgotten, setForgotten] = useState(false);
  const [busy, setBusy] = useState<Occasion | ''>('');
  const [trouble, setTrouble] = useState('');
  const [wait, startWait] = useWait();

  const enter = async (occasion: Occasion, work: () => Promise<SignInAnswer>) => {
    if (busy || wait > 0) return;
    setBusy(occasion);
    setTrouble('');
    try {
      const answer = await work();
      setPassword('');
      if (isPending(answer)) setPending(answer.sign_in);
      else onEntered(answer);
    } catch (problem) {
      if (!followDueLink(problem, t('due'))) setTrouble(entryWords(t, problem, occasion));
      startWait(waitOf(problem));
    } finally {
      setBusy('');
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void enter('password', () => signIn(email.trim(), password));
  };

  if (pending) return <SecondStep pending={pending} onEntered={onEntered} onAgain={() => setPending(null)} />;
  if (isForgotten) return <Forgotten email={email} onBack={() => setForgotten(false)} />;
  return (
    <Frame title={t('sign_in')}>
      <form onSubmit={submit}>
        <Trouble words={trouble} wait={wait} />
        <Field label={t('common:email')} type="email" autoComplete="username" required autoFocus maxLength={320} value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
        <PasswordField label={t('password')} autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
        <Button type="submit" look="main" className="mt-1 w-full" isBusy={busy === 'password'} disabled={wait > 0 || busy !== ''}>{t('sign_in')}</Button>
      </form>
      <div className="mt-4 flex flex-col gap-2 border-t border-line pt-4">
        {canUseKeys() && <Button isBusy={busy === 'passkey'} disabled={wait > 0 || busy !== ''} onClick={() => void enter('passkey', async () => signInWithPasskey(await askKey(await signInChallenge())))}>{t('use_passkey')}</Button>}
        <Button look="quiet" onClick={() => { setTrouble(''); setForgotten(true); }}>{t('forgotten.open')}</Button>
      </div>
    </Frame>
  );
}
