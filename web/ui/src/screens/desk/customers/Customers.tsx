// The people who write to us.
import { useMemo, useState } from 'react';
import { wordsOf } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Empty, Failed } from '@/kit/Page';
import { useCustomers } from './data';
import { Listing, useSearchParam } from './Listing';
import { PersonForm } from './PersonForm';

export default function Customers() {
  const t = useWords('desk');
  const { can } = useSession();
  const query = useSearchParam();
  const { data, error, fetchNextPage, hasNextPage, refetch } = useCustomers(query);
  const [isNew, setNew] = useState(false);
  const entries = useMemo(() => data?.pages.flatMap((each) => each.users).filter((each) => each.role === 'end-user').map((each) => ({
    id: String(each.id), address: `/people/users/${each.id}`, title: each.name || each.email, more: each.email,
    right: <span className="flex gap-1">{each.suspended && <Badge tone="bad">{t('people.suspended')}</Badge>}{(each.tags ?? []).slice(0, 3).map((tag) => <Badge key={tag}>{tag}</Badge>)}</span>,
  })) ?? null, [data, t]);
  return (
    <>
      <Listing title={t('people.title')} hint={t('people.hint')} label={t('people.find')} entries={entries} hasMore={hasNextPage} onMore={() => void fetchNextPage()}
        empty={<Empty>{t(query ? 'people.none_found' : 'people.none')}</Empty>} failed={error ? <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} /> : null}
        actions={can('tickets:write') && <Button onClick={() => setNew(true)}>{t('people.new')}</Button>} />
      {isNew && <PersonForm person={null} onClose={() => setNew(false)} />}
    </>
  );
}
