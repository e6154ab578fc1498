// Organisations of customers.
import { useMemo, useState } from 'react';
import { wordsOf } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Empty, Failed } from '@/kit/Page';
import { useOrganizations } from './data';
import { Listing, useSearchParam } from './Listing';
import { OrganizationForm } from './OrganizationForm';

export default function Organizations() {
  const t = useWords('desk');
  const { can } = useSession();
  const query = useSearchParam();
  const { data, error, fetchNextPage, hasNextPage, refetch } = useOrganizations(query);
  const [isNew, setNew] = useState(false);
  const entries = useMemo(() => data?.pages.flatMap((each) => each.organizations).map((each) => ({
    id: String(each.id), address: `/people/organizations/${each.id}`, title: each.name, more: each.domain_names.join(', ') || each.details || ' ',
    right: <span className="flex gap-1">{each.tags.slice(0, 3).map((tag) => <Badge key={tag}>{tag}</Badge>)}</span>,
  })) ?? null, [data]);
  return (
    <>
      <Listing title={t('organizations.title')} hint={t('organizations.hint')} label={t('organizations.find')} entries={entries} hasMore={hasNextPage} onMore={() => void fetchNextPage()}
        empty={<Empty>{t(query ? 'organizations.none_found' : 'organizations.none')}</Empty>} failed={error ? <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} /> : null}
        actions={can('settings:manage') && <Button onClick={() => setNew(true)}>{t('organizations.new')}</Button>} />
      {isNew && <OrganizationForm organization={null} onClose={() => setNew(false)} />}
    </>
  );
}
