// What can be done to somebody's way in: a link for a new password, the end of locks, sessions, factors; suspension.
import { useState } from 'react';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Card } from '@/kit/Page';
import { useAct } from '@/kit/act';
import { FactorRow } from '@/screens/me/FactorRow';
import { SecretOnce } from '@/screens/me/SecretOnce';
import { endSessionsOf, linkText, passwordLink, peopleChanged, resetFactors, suspend, unlock, type Person } from './api';

export function AccessCard({ person, isSelf, missingBy }: { person: Person; isSelf: boolean; missingBy?: string }) {
  const t = useWords('people');
  const [isBusy, act] = useAct();
  const [link, setLink] = useState('');
  const who = person.name || person.email;
  const makeLink = async () => {
    const yes = await confirmed({ title: t('link.title', { who }), text: t('link.text'), action: t('link.make') });
    if (yes) await act(async () => setLink(linkText(await passwordLink(person.id))));
  };
  const ask = async (name: 'sessions' | 'factors', work: () => Promise<unknown>) => {
    if (await confirmed({ title: t(`access.${name}_title`, { who }), text: t(`access.${name}_text`), action: t(`access.${name}_do`), isDangerous: true })) {
      await act(async () => { await work(); await peopleChanged(); }, t(`access.${name}_done`));
    }
  };
  const setSuspended = async (suspended: boolean) => {
    if (suspended && !await confirmed({ title: t('access.suspend_title', { who }), text: t('access.suspend_text'), action: t('access.suspend_do'), isDangerous: true })) return;
    await act(async () => { await suspend(person.id, suspended); await peopleChanged(); }, t(suspended ? 'access.suspended' : 'access.reactivated'));
  };
  return (
    <Card title={t('access.title')}>
      {link && <SecretOnce title={t('link.made', { who })} hint={t('link.made_hint')} text={link} what={t('link.the_link')} onDone={() => setLink('')} />}
      <ul className="divide-y divide-line">
        <FactorRow name={t('link.row')} detail={t('link.row_hint')}><Button isBusy={isBusy} onClick={() => void makeLink()}>{t('link.make')}</Button></FactorRow>
        <FactorRow name={t('access.unlock')} detail={t('access.unlock_hint')}><Button isBusy={isBusy} onClick={() => void act(() => unlock(person.id), t('access.unlocked'))}>{t('access.unlock_do')}</Button></FactorRow>
        {!isSelf && <FactorRow name={t('access.sessions')} detail={t('access.sessions_hint')}><Button isBusy={isBusy} onClick={() => void ask('sessions', () => endSessionsOf(person.id))}>{t('access.sessions_do')}</Button></FactorRow>}
        {!isSelf && <FactorRow name={t('access.factors')} badge={missingBy ? <Badge tone="warn">{t('access.missing')}</Badge> : undefined} detail={t('access.factors_hint')}><Button isBusy={isBusy} onClick={() => void ask('factors', () => resetFactors(person.id))}>{t('access.factors_do')}</Button></FactorRow>}
        {!isSelf && (
          <FactorRow name={t('access.suspend')} badge={person.suspended ? <Badge tone="bad">{t('suspended')}</Badge> : <Badge tone="good">{t('active')}</Badge>} detail={t('access.suspend_hint')}>
            {person.suspended ? <Button look="main" isBusy={isBusy} onClick={() => void setSuspended(false)}>{t('access.reactivate_do')}</Button> : <Button look="danger" isBusy={isBusy} onClick={() => void setSuspended(true)}>{t('access.suspend_do')}</Button>}
          </FactorRow>
        )}
      </ul>
    </Card>
  );
}
