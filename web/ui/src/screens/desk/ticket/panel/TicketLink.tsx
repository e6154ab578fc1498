// Another ticket, in one line; what it holds is fetched as soon as the pointer or the focus is on it.
import { useWords } from '@/i18n';
import { Badge, type Tone } from '@/kit/Badge';
import { Time } from '@/kit/Time';
import { prefetchTicket } from '../data/queries';
import type { Ticket } from '@/screens/desk/types';

export const statusTone: Record<string, Tone> = { new: 'warn', open: 'bad', pending: 'accent', hold: 'plain', solved: 'good', closed: 'plain' };

export function TicketLink({ ticket }: { ticket: Ticket }) {
  const t = useWords('ticket');
  const fetchSoon = () => prefetchTicket(ticket.id);
  return (
    <a href={`#/tickets/${ticket.id}`} onPointerEnter={fetchSoon} onFocus={fetchSoon} className="flex min-h-8 items-center gap-2 rounded px-1 py-1 text-ink no-underline hover:bg-accent-ground">
      <Badge tone={statusTone[ticket.status] ?? 'plain'}>{t(`status.${ticket.status}`)}</Badge>
      <span className="min-w-0 flex-1 truncate"><span className="text-faint">#{String(ticket.id)}</span> {ticket.subject || t('no_subject')}</span>
      <span className="text-xs whitespace-nowrap text-faint"><Time at={ticket.updated_at} /></span>
    </a>
  );
}
