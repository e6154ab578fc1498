// One customer: who it is, and his tickets.
import { useMemo, useState } from 'react';
import { put, wordsOf } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { setQueryParams, useQueryParams } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Empty, Failed } from '@/kit/Page';
import { useTabs } from '@/kit/Tabs';
import { Time } from '@/kit/Time';
import { ScreenWait } from '@/kit/Wait';
import { kPersonColumns, kUsualColumns } from '../list/columns';
import { ListHead } from '../list/ListHead';
import { personSource } from '../list/sources';
import { TicketList } from '../list/TicketList';
import type { Person } from '@/screens/desk/types';
import { useFeed } from '../list/useFeed';
import { refreshCustomer, useCustomer, useOrganizationsOf, useRelated } from './data';
import { Facts } from './Facts';
import { moreOf, shownOf, usePersonFields } from './fields/values';
import { MergeDialog } from './MergeDialog';
import { PersonForm } from './PersonForm';

type Kind = 'requested' | 'ccd' | 'assigned';

function PersonTickets({ id, kind, title }: { id: string; kind: Kind; title: string }) {
  const t = useWords('desk');
  const live = useFeed(useMemo(() => personSource(id, kind), [id, kind]));
  return <TicketList live={live} title={title} address={`/people/users/${id}${kind === 'requested' ? '' : `?tab=${kind}`}`} columnIds={kind === 'requested' ? kPersonColumns : kUsualColumns} empty={<Empty>{t('people.no_tickets')}</Empty>} />;
}

function Profile({ person }: { person: Person }) {
  const t = useWords('desk');
  const { can } = useSession();
  const { data: organizations } = useOrganizationsOf(person.id);
  const fields = usePersonFields('user_fields').data ?? [];
  const [isEditing, setEditing] = useState(false);
  const [isMerging, setMerging] = useState(false);
  const { user_fields: values, other_emails: others = [], merged_into_id: survivor } = moreOf(person);
  const suspend = async () => {
    const wanted = !person.suspended;
    if (wanted && !(await confirmed({ title: t('people.suspend_ask', { name: person.name || person.email }), text: t('people.suspend_text'), action: t('people.suspend') }))) return;
    try {
      await put(`/api/v2/users/${person.id}`, { user: { suspended: wanted } });
      await refreshCustomer(person.id);
      notice(t(wanted ? 'people.suspended_now' : 'people.let_in_now'), wanted ? { undo: () => void put(`/api/v2/users/${person.id}`, { user: { suspended: false } }).then(() => refreshCustomer(person.id), failure) } : {});
    } catch (problem) { failure(problem); }
  };
  return (
    <aside aria-label={t('people.profile')} className="shrink-0 overflow-auto border-line bg-paper p-4 max-lg:max-h-[45dvh] max-lg:border-b lg:w-80 lg:border-r">
      {survivor && <p className="mb-3 rounded-lg border border-warn bg-warn-ground p-2 text-warn">{t('merge.was')} <a href={`#/people/users/${survivor}`}>{t('merge.see')}</a></p>}
      {person.suspended && <p className="mb-2"><Badge tone="bad">{t('people.suspended')}</Badge></p>}
      <Facts rows={[
        [t('common:email'), <a key="mail" href={`mailto:${person.email}`} className="[overflow-wrap:anywhere]">{person.email}</a>], [t('people.other_emails'), others.length > 0 ? others.map((each) => <a key={each} href={`mailto:${each}`} className="block [overflow-wrap:anywhere]">{each}</a>) : null],
        [t('people.field.phone'), person.phone],
        [t('column.organization'), organizations && organizations.length > 0 ? organizations.map((each) => <a key={String(each.id)} className="block" href={`#/people/organizations/${each.id}`}>{each.name}</a>) : null],
        [t('column.tags'), (person.tags ?? []).length > 0 ? <span key="tags" className="flex flex-wrap gap-1">{person.tags!.map((each) => <Badge key={each}>{each}</Badge>)}</span> : null],
        ...fields.map((each): [string, string] => [each.title, shownOf(each, values?.[each.key], t('common:yes'))]),
        [t('people.field.details'), person.details], [t('people.field.notes'), person.notes], [t('people.field.external_id'), person.external_id], [t('people.since'), <Time key="since" at={person.created_at} isExact />],
      ]} />
      {can('tickets:write') && person.role === 'end-user' && !survivor && (
        <div className="mt-4 flex flex-wrap gap-2">
          <Button onClick={() => setEditing(true)}>{t('common:edit')}</Button>
          <Button onClick={() => setMerging(true)}>{t('merge.open')}</Button>
          <Button look={person.suspended ? 'plain' : 'danger'} onClick={() => void suspend()}>{t(person.suspended ? 'people.let_in' : 'people.suspend')}</Button>
        </div>
      )}
      {isEditing && <PersonForm person={person} onClose={() => setEditing(false)} />}
      {isMerging && <MergeDialog person={person} onClose={() => setMerging(false)} />}
    </aside>
  );
}

export default function Customer({ params }: ScreenProps) {
  const t = useWords('desk');
  const { can } = useSession();
  const id = params.id!;
  const { data: person, error, refetch } = useCustomer(id);
  const { data: related } = useRelated(id);
  const wanted = useQueryParams().get('tab') as Kind | null;
  const kinds: Kind[] = person && person.role !== 'end-user' ? ['requested', 'assigned', 'ccd'] : ['requested', 'ccd'];
  const kind = wanted && kinds.includes(wanted) ? wanted : 'requested';
  const counts = { requested: related?.requested_tickets, ccd: related?.ccd_tickets, assigned: related?.assigned_tickets };
  const tabs = useTabs(kinds.map((each) => ({ id: each, title: t(`people.tickets_${each}`), count: counts[each] })), kind, (next) => setQueryParams({ tab: next === 'requested' ? undefined : next }), t('people.tickets'));
  if (error) return <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />;
  if (!person) return <ScreenWait />;
  const name = person.name || person.email;
  return (
    <div className="flex h-full flex-col">
      <ListHead title={name} count={null} hint={person.role === 'end-user' ? undefined : t('people.colleague')}>
        {can('tickets:write') && <Button onClick={() => { location.hash = `/tickets/new?email=${encodeURIComponent(person.email)}`; }}>{t('people.write')}</Button>}
      </ListHead>
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        <Profile person={person} />
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          {tabs.list}
          <div {...tabs.panelProps} className="flex min-h-0 flex-1 flex-col"><PersonTickets key={`${id} ${kind}`} id={id} kind={kind} title={name} /></div>
        </div>
      </div>
    </div>
  );
}
