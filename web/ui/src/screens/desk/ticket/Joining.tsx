// Whom a ticket belongs to where mail alone does not prove it: people who wrote to it from elsewhere and may join, and the
// customer whose mail a colleague has forwarded. docs/intake.md.
import { useQuery } from '@tanstack/react-query';
import { get, put, type Id } from '@/api/http';
import type { Schema } from '@/api/schema';
import { notice } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { useAct } from '@/kit/act';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Time } from '@/kit/Time';
import type { Ticket } from '@/screens/desk/types';
import { nameOf, usePeople } from './data/people';
import { refreshComments } from './data/queries';

const kShownMs = 24 * 3600 * 1000; // an answer can be taken back here for a day; through the API at any time

type Request = Schema<'JoinRequest'>;
const keyOf = (ticket: Id) => ['ticket', String(ticket), 'join_requests'];

async function again(ticket: Id) {
  await Promise.all([queries.invalidateQueries({ queryKey: ['ticket', String(ticket)], exact: true }), queries.invalidateQueries({ queryKey: keyOf(ticket) }), refreshComments(ticket, [])]);
}

export function JoinRequests({ ticket, mayWrite }: { ticket: Id; mayWrite: boolean }) {
  const t = useWords('ticket');
  const { data } = useQuery({ queryKey: keyOf(ticket), staleTime: 60_000, retry: false, queryFn: async ({ signal }) => (await get(`/api/v2/tickets/${ticket}/join_requests`, signal)).join_requests });
  const waiting = (data ?? []).filter((each) => each.status === 'waiting');
  const answered = (data ?? []).filter((each) => each.status !== 'waiting' && each.answered_at && Date.now() - Date.parse(each.answered_at) < kShownMs);
  const people = usePeople([...waiting, ...answered].map((each) => each.user_id));
  const [isBusy, act] = useAct();
  const answer = async (each: Request, word: 'accept' | 'refuse') => {
    const name = nameOf(people, each.user_id, t('someone'));
    const sure = word === 'refuse' || (await confirmed({ title: t('join.accept_ask', { name }), text: t(each.is_proven ? 'join.accept_text' : 'join.accept_unproven'), action: t('join.accept'), isDangerous: !each.is_proven }));
    if (!sure) return;
    await act(async () => {
      await put(`/api/v2/tickets/${ticket}/join_requests/${each.made_ticket_id}/${word}`);
      notice(t(`join.${word}_done`, { name }), { undo: () => void takeBack(each) });
      await again(ticket);
    });
  };
  const takeBack = (each: Request) => act(async () => { await put(`/api/v2/tickets/${ticket}/join_requests/${each.made_ticket_id}/undo`); await again(ticket); }, t('join.undone'));
  return (
    <>
      {waiting.map((each) => (
        <div key={String(each.made_ticket_id)} role="group" aria-label={t('join.title')} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-warn/40 bg-warn-ground px-4 py-1.5 text-sm">
          <span>{t('join.asks', { name: nameOf(people, each.user_id, t('someone')) })} <a href={`#/tickets/${each.made_ticket_id}`}>#{String(each.made_ticket_id)}</a> <span className="text-faint"><Time at={each.created_at} /></span></span>
          <Badge tone={each.is_proven ? 'good' : 'bad'}>{t(each.is_proven ? 'join.proven' : 'join.unproven')}</Badge>
          {mayWrite && <span className="ml-auto flex gap-1"><Button disabled={isBusy} onClick={() => void answer(each, 'accept')}>{t('join.accept')}</Button><Button look="quiet" disabled={isBusy} onClick={() => void answer(each, 'refuse')}>{t('join.refuse')}</Button></span>}
        </div>
      ))}
      {mayWrite && answered.map((each) => (
        <p key={String(each.made_ticket_id)} className="flex flex-wrap items-center gap-x-3 border-b border-line bg-ground px-4 py-1.5 text-sm">
          <span>{t(`join.was_${each.status}`, { name: nameOf(people, each.user_id, t('someone')) })}</span>
          <Button look="quiet" disabled={isBusy} onClick={() => void takeBack(each)}>{t('join.undo')}</Button>
        </p>
      ))}
    </>
  );
}

export function Forwarded({ ticket, mayWrite }: { ticket: Ticket; mayWrite: boolean }) {
  const t = useWords('ticket');
  const people = usePeople([ticket.forwarded_by_id, ticket.forwarded_from_id].filter((each): each is Id => each != null));
  const [isBusy, act] = useAct();
  if (!ticket.forwarded_by_id || !ticket.forwarded_from_id) return null;
  const isOriginal = String(ticket.requester_id) === String(ticket.forwarded_from_id);
  const choose = () => void act(async () => { await put(`/api/v2/tickets/${ticket.id}/forwarded_requester`, { requester: isOriginal ? 'forwarder' : 'original' }); await again(ticket.id); });
  return (
    <p className="flex flex-wrap items-center gap-x-3 border-b border-line bg-ground px-4 py-1.5 text-sm">
      <span>{t('forwarded', { by: nameOf(people, ticket.forwarded_by_id, t('someone')), from: nameOf(people, ticket.forwarded_from_id, t('someone')) })}</span>
      {mayWrite && ticket.status !== 'closed' && <Button look="quiet" disabled={isBusy} onClick={choose}>{t(isOriginal ? 'forwarded_to_agent' : 'forwarded_to_customer')}</Button>}
    </p>
  );
}
