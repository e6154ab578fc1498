// Who will read a public reply: seen and changed before it is sent.
import { useState } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { nameOf, usePeople } from '../data/people';
import type { Ticket } from '@/screens/desk/types';
import { PersonChip, PersonInput, type Picked } from '../PersonInput';
import type { SaveFields } from '../useSave';

const wish = (who: Picked) => (who.id ? { user_id: who.id, action: 'put' } : { user_email: who.email, action: 'put' });

export function Recipients({ ticket, save, mayChange }: { ticket: Ticket; save: SaveFields; mayChange: boolean }) {
  const t = useWords('ticket');
  const people = usePeople([ticket.requester_id, ...ticket.email_cc_ids]);
  const [changesTo, setChangesTo] = useState(false);
  const [addsCc, setAddsCc] = useState(false);
  const email = (id: number | string) => people.get(String(id))?.email ?? '';
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 px-3 py-1 text-sm">
      <span className="font-semibold text-faint">{t('to')}</span>
      {changesTo
        ? <PersonInput label={t('change_requester')} isFocused mayBeNew onLeave={() => setChangesTo(false)} onPick={(who) => { setChangesTo(false); void save(who.id ? { requester_id: who.id } : { requester: { email: who.email } }); }} />
        : <><PersonChip name={`${nameOf(people, ticket.requester_id, '…')}${email(ticket.requester_id) && email(ticket.requester_id) !== nameOf(people, ticket.requester_id, '') ? ` <${email(ticket.requester_id)}>` : ''}`} />
          {mayChange && <Button look="quiet" className="text-xs" aria-label={t('change_requester')} onClick={() => setChangesTo(true)}>{t('change')}</Button>}</>}
      <span className="font-semibold text-faint">{t('cc')}</span>
      {ticket.email_cc_ids.map((each) => <PersonChip key={String(each)} name={nameOf(people, each, '…')} title={email(each)} onRemove={mayChange ? () => void save({ email_ccs: [{ user_id: each, action: 'delete' }] }) : undefined} />)}
      {ticket.email_cc_ids.length === 0 && !addsCc && <span className="text-faint">{t('nobody')}</span>}
      {mayChange && (addsCc
        ? <PersonInput label={t('add_cc')} placeholder={t('name_or_address')} isFocused mayBeNew onLeave={() => setAddsCc(false)} onPick={(who) => void save({ email_ccs: [wish(who)] })} />
        : <Button look="quiet" className="text-xs" onClick={() => setAddsCc(true)}>+ {t('add_cc')}</Button>)}
    </div>
  );
}
