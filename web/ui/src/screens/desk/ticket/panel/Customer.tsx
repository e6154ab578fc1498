// Who asks: what is known of him, what else he has asked.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { get, put, sameId, wordsOf, type Id } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { queries, useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { CopyButton } from '@/kit/CopyButton';
import { TextField } from '@/kit/Field';
import { Failed } from '@/kit/Page';
import { Time } from '@/kit/Time';
import type { Organization, Person, Ticket } from '@/screens/desk/types';
import { Avatar } from '../parts';
import { TicketLink } from './TicketLink';

interface Page { tickets: Ticket[]; links: { next: string | null } }

function OtherTickets({ person, ticket }: { person: Id; ticket: Ticket }) {
  const t = useWords('ticket');
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['tickets_of', String(person)], initialPageParam: `/api/v2/users/${person}/tickets/requested?page%5Bsize%5D=15`,
    queryFn: ({ pageParam, signal }) => get<Page>(pageParam, signal), getNextPageParam: (last) => last.links.next,
  });
  const list = data?.pages.flatMap((each) => each.tickets).filter((each) => !sameId(each.id, ticket.id)) ?? [];
  return (
    <section aria-label={t('other_tickets')} className="mt-4">
      <h3 className="mb-1">{t('other_tickets')}</h3>
      {error && <Failed words={wordsOf(error)} />}
      {data && list.length === 0 && !hasNextPage && <p className="text-faint">{t('no_other_tickets')}</p>}
      <ul>{list.map((each) => <li key={String(each.id)}><TicketLink ticket={each} /></li>)}</ul>
      {hasNextPage && <Button look="quiet" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('common:more')}</Button>}
    </section>
  );
}

function Notes({ person, mayWrite }: { person: Person; mayWrite: boolean }) {
  const t = useWords('ticket');
  const [text, setText] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const stored = person.notes ?? '';
  useEffect(() => { if (text === stored) setText(null); }, [text, stored]);
  const save = async () => {
    setBusy(true);
    try {
      await put(`/api/v2/users/${person.id}`, { user: { notes: text } });
      await queries.invalidateQueries({ queryKey: ['profile', String(person.id)] });
      notice(t('common:saved'));
    } catch (problem) { failure(problem); } finally { setBusy(false); }
  };
  if (!mayWrite && !stored) return null;
  return (
    <div className="mt-3">
      <TextField label={t('notes')} hint={t('notes_hint')} rows={2} value={text ?? stored} disabled={!mayWrite} onInput={(event) => setText(event.currentTarget.value)} />
      {text !== null && text !== stored && <Button look="main" isBusy={isBusy} onClick={() => void save()}>{t('common:save')}</Button>}
    </div>
  );
}

export function Customer({ ticket, organization }: { ticket: Ticket; organization: Organization | null }) {
  const t = useWords('ticket');
  const { can } = useSession();
  const id = ticket.requester_id;
  const { data, error } = useQuery({ queryKey: ['profile', String(id)], enabled: can('users:read'), queryFn: async ({ signal }) => (await get(`/api/v2/users/${id}`, signal)).user });
  if (!can('users:read')) return <p className="p-4 text-faint">{t('no_people')}</p>;
  if (error) return <Failed words={wordsOf(error)} />;
  if (!data) return null;
  const name = data.name || data.email;
  const rows: [string, string | null | undefined][] = [[t('phone'), data.phone], [t('details'), data.details], [t('field.external_id'), data.external_id], [t('field.tags'), data.tags?.join(', ')]];
  return (
    <div className="p-3">
      <div className="flex items-center gap-3"><Avatar name={name} /><div className="min-w-0"><p className="font-semibold [overflow-wrap:anywhere]">{name}</p><p className="text-sm text-faint [overflow-wrap:anywhere]">{data.email}</p></div></div>
      <p className="mt-2 flex flex-wrap gap-2"><CopyButton text={data.email} what={t('address')} /><a className="self-center" href={`#/people/users/${data.id}`}>{t('profile')}</a></p>
      <dl className="mt-3 text-sm">
        {organization && <div className="flex gap-2 py-0.5"><dt className="w-28 shrink-0 text-faint">{t('field.organization')}</dt><dd className="min-w-0 [overflow-wrap:anywhere]">{organization.name}</dd></div>}
        {rows.filter(([, value]) => value).map(([label, value]) => <div key={label} className="flex gap-2 py-0.5"><dt className="w-28 shrink-0 text-faint">{label}</dt><dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd></div>)}
        <div className="flex gap-2 py-0.5"><dt className="w-28 shrink-0 text-faint">{t('known_since')}</dt><dd><Time at={data.created_at} /></dd></div>
      </dl>
      <Notes key={String(data.id)} person={data} mayWrite={can('tickets:write')} />
      <OtherTickets person={id} ticket={ticket} />
    </div>
  );
}
