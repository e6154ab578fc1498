// Tickets that belong together: a problem and its incidents, what was merged or continued.
import { useQuery } from '@tanstack/react-query';
import { get, wordsOf, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Failed } from '@/kit/Page';
import type { Ticket } from '@/screens/desk/types';
import { TicketLink } from './TicketLink';

function Group({ title, tickets }: { title: string; tickets: Ticket[] }) {
  if (tickets.length === 0) return null;
  return <section aria-label={title} className="mb-3"><h3 className="mb-1">{title}</h3><ul>{tickets.map((each) => <li key={String(each.id)}><TicketLink ticket={each} /></li>)}</ul></section>;
}

export function Linked({ ticket, mergedFrom, mayWrite, onMerge }: { ticket: Ticket; mergedFrom: string[]; mayWrite: boolean; onMerge: () => void }) {
  const t = useWords('ticket');
  const ids = [ticket.problem_id, ticket.merged_into_id, ticket.follow_up_of_id, ticket.claims_ticket_id, ...mergedFrom].filter((each): each is Id => Boolean(each));
  const named = useQuery({ queryKey: ['tickets_by_id', ids.join()], enabled: ids.length > 0, queryFn: async () => (await get<{ tickets: Ticket[] }>(`/api/v2/tickets/show_many?ids=${ids.slice(0, 100).join(',')}`)).tickets });
  const incidents = useQuery({ queryKey: ['ticket', String(ticket.id), 'incidents'], enabled: ticket.type === 'problem', queryFn: async () => (await get<{ tickets: Ticket[] }>(`/api/v2/tickets/${ticket.id}/incidents`)).tickets });
  const of = (id: Id | null | undefined) => (named.data ?? []).filter((each) => id && String(each.id) === String(id));
  const error = named.error ?? incidents.error;
  const isEmpty = ids.length === 0 && (incidents.data ?? []).length === 0;
  return (
    <div className="p-3">
      {error && <Failed words={wordsOf(error)} />}
      <Group title={t('field.problem')} tickets={of(ticket.problem_id)} />
      <Group title={t('incidents')} tickets={incidents.data ?? []} />
      <Group title={t('merged_into')} tickets={of(ticket.merged_into_id)} />
      <Group title={t('merged_from')} tickets={mergedFrom.flatMap((each) => of(each))} />
      <Group title={t('continues')} tickets={of(ticket.follow_up_of_id)} />
      <Group title={t('claims')} tickets={of(ticket.claims_ticket_id)} />
      {isEmpty && <p className="text-faint">{t('no_links')}</p>}
      {mayWrite && ticket.status !== 'closed' && <Button className="mt-2" onClick={onMerge}>{t('merge')}</Button>}
    </div>
  );
}
