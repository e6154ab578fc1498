// Who receives security notices; a new address counts once the link that is mailed to it was opened.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { notice } from '@/app/notices';
import { queries, useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Field } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { tell } from '@/kit/act';
import { saveContact, securityChanged, useContact, type Contact } from './api';

export function ContactCard() {
  const t = useWords('security');
  const { can } = useSession();
  const query = useContact();
  const [email, setEmail] = useState('');
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const save = async (address: string) => {
    setBusy(true);
    setTrouble(undefined);
    try {
      const contact: Contact = await saveContact(address);
      queries.setQueryData(['security', 'contact'], contact);
      setEmail('');
      notice(address ? t('contact.asked', { email: address }) : t('common:saved'));
      await securityChanged('checklist');
    } catch (problem) {
      if (problem instanceof ApiError && problem.about('email')) setTrouble(t('contact.bad_email'));
      else tell(problem);
    } finally {
      setBusy(false);
    }
  };
  const remove = async (now: string) => {
    if (await confirmed({ title: t('contact.remove_title'), text: t('contact.remove_text', { email: now }), action: t('common:remove'), isDangerous: true })) await save('');
  };
  return (
    <Card title={t('contact.title')}>
      <p className="mb-3 max-w-prose text-faint">{t('contact.intro')}</p>
      <Loaded query={query}>{(contact) => (
        <div className="mb-3">
          <p>{contact.email ? <>{t('contact.now')} <strong className="[overflow-wrap:anywhere]">{contact.email}</strong></> : t('contact.nobody')}</p>
          {contact.pending_email && <p className="text-warn [overflow-wrap:anywhere]">{t('contact.pending', { email: contact.pending_email })}</p>}
          {can('security:manage') && (contact.email || contact.pending_email) && <Button look="quiet" className="-mx-2.5" isBusy={isBusy} onClick={() => void remove(contact.email ?? contact.pending_email ?? '')}>{t('contact.remove')}</Button>}
        </div>
      )}</Loaded>
      {can('security:manage') && (
        <form aria-label={t('contact.title')} className="max-w-md" onSubmit={(event: FormEvent) => { event.preventDefault(); void save(email.trim()); }}>
          <Field label={t('contact.new')} hint={t('contact.new_hint')} error={trouble} type="email" required maxLength={254} value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
          <Button type="submit" look="main" isBusy={isBusy}>{t('contact.save')}</Button>
        </form>
      )}
    </Card>
  );
}
