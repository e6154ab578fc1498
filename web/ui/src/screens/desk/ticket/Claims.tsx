// What has to be known before one answers: this message claims to belong elsewhere, continues a closed ticket, was merged.
import { useWords } from '@/i18n';
import type { Ticket } from '@/screens/desk/types';

export function Claims({ ticket }: { ticket: Ticket }) {
  const t = useWords('ticket');
  const rows = ([['claims_text', ticket.claims_ticket_id], ['continues_text', ticket.follow_up_of_id], ['merged_text', ticket.merged_into_id]] as const).filter(([, id]) => id);
  return (
    <>
      {rows.map(([words, id]) => <p key={words} className="border-b border-warn/40 bg-warn-ground px-4 py-1.5 text-sm">{t(words)} <a href={`#/tickets/${id}`}>#{String(id)}</a></p>)}
    </>
  );
}
