// The link that a security contact was mailed. It is opened by a click: mail scanners follow links. Its reader need not have an account.
import { useState } from 'react';
import { ApiError } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Alert, Frame } from './Frame';
import { entryWords } from './troubles';
import { verifyContact } from './ways';

export function ContactLink({ token, isSignedIn }: { token: string; isSignedIn: boolean }) {
  const t = useWords('entry');
  const [state, setState] = useState<'asked' | 'busy' | 'done'>('asked');
  const [trouble, setTrouble] = useState('');
  const verify = async () => {
    setState('busy');
    setTrouble('');
    try {
      await verifyContact(token);
      setState('done');
    } catch (problem) {
      const isUnknown = problem instanceof ApiError && [401, 404].includes(problem.status);
      setTrouble(isUnknown ? t('contact.not_valid') : entryWords(t, problem, 'link'));
      setState('asked');
    }
  };
  return (
    <Frame title={t('contact.title')}>
      <div role="status">{state === 'done' && <p className="mb-4">{t('contact.done')}</p>}</div>
      {state === 'done' ? <a href="#/">{isSignedIn ? t('to_the_desk') : t('to_sign_in')}</a> : (
        <>
          <Alert>{trouble}</Alert>
          <p className="mb-4">{t('contact.intro')}</p>
          <Button look="main" isBusy={state === 'busy'} onClick={() => void verify()}>{t('contact.confirm')}</Button>
        </>
      )}
    </Frame>
  );
}
