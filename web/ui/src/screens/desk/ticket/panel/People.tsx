// Who is copied on public replies, and which colleagues are told of everything.
import type { Id } from '@/api/http';
import { useSession } from '@/app/session';
import { sameId } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { nameOf, usePeople } from '../data/people';
import { useAgents } from '../data/queries';
import { PersonChip, PersonInput } from '../PersonInput';
import type { FieldProps } from './Properties';

export function People({ ticket, save, problems, isFixed }: FieldProps) {
  const t = useWords('ticket');
  const { me } = useSession();
  const people = usePeople([...ticket.email_cc_ids, ...ticket.follower_ids]);
  const agents = useAgents().data ?? [];
  const change = (field: string, id: Id, action: 'put' | 'delete') => void save({ [field]: [{ user_id: id, action }] });
  const isFollowing = ticket.follower_ids.some((each) => sameId(each, me.id));
  return (
    <>
      <div className="mb-3" role="group" aria-label={t('field.ccs')}>
        <h3 className="mb-1 text-sm font-semibold">{t('field.ccs')}</h3>
        <div className="flex flex-wrap items-center gap-1">
          {ticket.email_cc_ids.map((each) => <PersonChip key={String(each)} name={nameOf(people, each, '…')} title={people.get(String(each))?.email} onRemove={isFixed ? undefined : () => change('email_ccs', each, 'delete')} />)}
          {!isFixed && <PersonInput label={t('add_cc')} placeholder={t('name_or_address')} mayBeNew onPick={(who) => void save({ email_ccs: [who.id ? { user_id: who.id, action: 'put' } : { user_email: who.email, action: 'put' }] })} />}
        </div>
        {problems.email_ccs && <p role="alert" className="text-sm text-bad">{problems.email_ccs}</p>}
      </div>
      <div className="mb-3" role="group" aria-label={t('field.followers')}>
        <h3 className="mb-1 text-sm font-semibold">{t('field.followers')}</h3>
        <div className="flex flex-wrap items-center gap-1">
          {ticket.follower_ids.map((each) => <PersonChip key={String(each)} name={nameOf(people, each, '…')} onRemove={isFixed ? undefined : () => change('followers', each, 'delete')} />)}
          {!isFixed && <PersonInput label={t('add_follower')} placeholder={t('colleague')} list={agents.filter((each) => !ticket.follower_ids.some((one) => sameId(one, each.id)))} onPick={(who) => { if (who.id) change('followers', who.id, 'put'); }} />}
        </div>
        {!isFixed && <Button look="quiet" className="text-xs" aria-pressed={isFollowing} onClick={() => change('followers', me.id, isFollowing ? 'delete' : 'put')}>{t(isFollowing ? 'unfollow' : 'follow')}</Button>}
        {problems.followers && <p role="alert" className="text-sm text-bad">{problems.followers}</p>}
      </div>
    </>
  );
}
