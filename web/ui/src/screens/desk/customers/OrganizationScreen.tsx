// One organisation: what is known of it, its people, its tickets.
import { useMemo, useState } from 'react';
import { del, wordsOf } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { go, setQueryParams, useQueryParams } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Empty, Failed } from '@/kit/Page';
import { useTabs } from '@/kit/Tabs';
import { ScreenWait } from '@/kit/Wait';
import { kUsualColumns } from '../list/columns';
import { ListHead } from '../list/ListHead';
import { organizationSource } from '../list/sources';
import { TicketList } from '../list/TicketList';
import { useFeed } from '../list/useFeed';
import { useGroups } from '../ticket/data/queries';
import { refreshOrganizations, useMembers, useOrganization } from './data';
import { Facts } from './Facts';
import { moreOf, shownOf, usePersonFields } from './fields/values';
import { OrganizationForm } from './OrganizationForm';

function Members({ id }: { id: string }) {
  const t = useWords('desk');
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = useMembers(id);
  const people = data?.pages.flatMap((each) => each.users) ?? [];
  if (data && people.length === 0) return <Empty>{t('organizations.no_people')}</Empty>;
  return (
    <div className="min-h-0 flex-1 overflow-auto bg-paper">
      <ul>{people.map((each) => <li key={String(each.id)} className="border-b border-line"><a className="flex flex-wrap gap-x-3 px-4 py-2 text-ink no-underline hover:bg-ground" href={`#/people/users/${each.id}`}><span className="font-medium">{each.name || each.email}</span><span className="text-faint [overflow-wrap:anywhere]">{each.email}</span></a></li>)}</ul>
      {hasNextPage && <p className="p-4 text-center"><Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('common:more')}</Button></p>}
    </div>
  );
}

function Tickets({ id, title }: { id: string; title: string }) {
  const t = useWords('desk');
  const live = useFeed(useMemo(() => organizationSource(id), [id]));
  return <TicketList live={live} title={title} address={`/people/organizations/${id}`} columnIds={kUsualColumns} empty={<Empty>{t('people.no_tickets')}</Empty>} />;
}

export default function OrganizationScreen({ params }: ScreenProps) {
  const t = useWords('desk');
  const id = params.id!;
  const { can } = useSession();
  const { data: organization, error, refetch } = useOrganization(id);
  const { data: groups } = useGroups();
  const fields = usePersonFields('organization_fields').data ?? [];
  const [isEditing, setEditing] = useState(false);
  const tab = useQueryParams().get('tab') === 'people' ? 'people' : 'tickets';
  const tabs = useTabs([{ id: 'tickets', title: t('people.tickets') }, { id: 'people', title: t('people.title') }], tab, (next) => setQueryParams({ tab: next === 'tickets' ? undefined : next }), t('organizations.parts'));
  if (error) return <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />;
  if (!organization) return <ScreenWait />;
  const remove = async () => {
    if (!(await confirmed({ title: t('organizations.delete_ask', { name: organization.name }), text: t('organizations.delete_text'), action: t('common:delete'), isDangerous: true }))) return;
    try {
      await del(`/api/v2/organizations/${id}`);
      await refreshOrganizations();
      notice(t('organizations.deleted', { name: organization.name }));
      go('/people/organizations');
    } catch (problem) { failure(problem); }
  };
  return (
    <div className="flex h-full flex-col">
      <ListHead title={organization.name} count={null} hint={t('column.organization')}>
        {can('settings:manage') && <><Button onClick={() => setEditing(true)}>{t('common:edit')}</Button><Button look="danger" onClick={() => void remove()}>{t('common:delete')}</Button></>}
      </ListHead>
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        <aside aria-label={t('people.profile')} className="shrink-0 overflow-auto border-line bg-paper p-4 max-lg:max-h-60 max-lg:border-b lg:w-80 lg:border-r">
          <Facts rows={[[t('organizations.domains'), organization.domain_names.join(', ')], [t('column.group'), groups?.find((each) => String(each.id) === String(organization.group_id))?.name],
            [t('column.tags'), organization.tags.length > 0 ? <span key="tags" className="flex flex-wrap gap-1">{organization.tags.map((each) => <Badge key={each}>{each}</Badge>)}</span> : null], ...fields.map((each): [string, string] => [each.title, shownOf(each, moreOf(organization).organization_fields?.[each.key], t('common:yes'))]), [t('people.field.details'), organization.details], [t('people.field.notes'), organization.notes], [t('people.field.external_id'), organization.external_id]]} />
          {organization.domain_names.length === 0 && <p className="text-sm text-faint">{t('organizations.no_domains')}</p>}
        </aside>
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          {tabs.list}
          <div {...tabs.panelProps} className="flex min-h-0 flex-1 flex-col">{tab === 'people' ? <Members id={id} /> : <Tickets id={id} title={organization.name} />}</div>
        </div>
      </div>
      {isEditing && <OrganizationForm organization={organization} onClose={() => setEditing(false)} />}
    </div>
  );
}
