// What happened between two messages: one line, that opens.
import { useState } from 'react';
import { useWords } from '@/i18n';
import { Time } from '@/kit/Time';
import type { TicketEvent } from '@/screens/desk/types';
import { useNames } from '../data/useNames';

function Opened({ events }: { events: TicketEvent[] }) {
  const { words, who } = useNames(events);
  return (
    <ul className="mt-1 mb-2 rounded-lg border border-line bg-ground px-3 py-2 text-sm text-faint">
      {events.map((each) => <li key={String(each.id)} className="py-0.5 [overflow-wrap:anywhere]"><strong className="font-semibold text-ink">{who(each)}</strong> {words(each)} · <Time at={each.created_at} /></li>)}
    </ul>
  );
}

export function EventRun({ events }: { events: TicketEvent[] }) {
  const t = useWords('ticket');
  const [isOpen, setOpen] = useState(false);
  const failed = events.filter((each) => each.kind === 'delivery_failed').length;
  return (
    <div className="px-2">
      <div className="flex items-center gap-2 text-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className="min-h-6 rounded-full px-2 text-xs hover:bg-accent-ground hover:text-ink">
          {failed > 0 ? <span className="font-semibold text-bad">{t('not_delivered')} · </span> : null}{t('changes', { count: events.length })} <span aria-hidden>{isOpen ? '▴' : '▾'}</span>
        </button>
      </div>
      {isOpen && <Opened events={events} />}
    </div>
  );
}
