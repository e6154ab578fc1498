// Asks for a mailed link. The answer is the same for every address: nobody learns here who has an account.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Field } from '@/kit/Field';
import { Frame } from './Frame';
import { Trouble } from './Trouble';
import { entryWords, useWait, waitOf } from './troubles';
import { askPasswordLink } from './ways';

export function Forgotten({ email: given, onBack }: { email: string; onBack: () => void }) {
  const t = useWords('entry');
  const [email, setEmail] = useState(given);
  const [isSent, setSent] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState('');
  const [wait, startWait] = useWait();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setTrouble('');
    try {
      await askPasswordLink(email.trim());
      setSent(true);
    } catch (problem) {
      setTrouble(problem instanceof ApiError && problem.status === 404 ? t('forgotten.not_offered') : entryWords(t, problem, 'link'));
      startWait(waitOf(problem));
    } finally {
      setBusy(false);
    }
  };
  const back = <p className="mt-3"><Button look="quiet" className="-mx-2.5" onClick={onBack}>{t('back')}</Button></p>;
  if (isSent) return <Frame title={t('forgotten.sent_title')}><p role="status">{t('forgotten.sent', { email: email.trim() })}</p>{back}</Frame>;
  return (
    <Frame title={t('forgotten.title')}>
      <form onSubmit={(event) => void submit(event)}>
        <p className="mb-3 text-faint">{t('forgotten.intro')}</p>
        <Trouble words={trouble} wait={wait} />
        <Field label={t('common:email')} type="email" autoComplete="username" required autoFocus maxLength={320} value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
        <Button type="submit" look="main" className="w-full" isBusy={isBusy} disabled={wait > 0}>{t('forgotten.send')}</Button>
      </form>
      {back}
    </Frame>
  );
}
