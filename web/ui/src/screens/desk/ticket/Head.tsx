// The top of the screen: what it is about, where one is in the list, what can be done with the whole ticket, who else is here.
import { useState } from 'react';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Keys } from '@/kit/Keys';
import { Icon } from './icons';
import { usePlaceInOrder } from '../list/order';
import { NextSla } from '../sla/Sla';
import { useStatuses } from './data/queries';
import type { Ticket } from '@/screens/desk/types';
import { statusTone } from './panel/TicketLink';
import { Avatar, Menu, type MenuItem } from './parts';
import type { SaveFields } from './useSave';

function Subject({ ticket, save, mayWrite }: { ticket: Ticket; save: SaveFields; mayWrite: boolean }) {
  const t = useWords('ticket');
  const [text, setText] = useState<string | null>(null);
  const done = () => {
    const next = text?.trim();
    setText(null);
    if (next && next !== ticket.subject) void save({ subject: next });
  };
  if (text !== null) {
    return <input autoFocus value={text} aria-label={t('field.subject')} onInput={(event) => setText(event.currentTarget.value)} onBlur={done} className="min-h-8 min-w-0 flex-1 rounded border border-line-strong bg-paper px-2 text-lg font-semibold"
      onKeyDown={(event) => { if (event.key === 'Enter') done(); else if (event.key === 'Escape') { event.stopPropagation(); setText(null); } }} />;
  }
  return (
    <h1 className="min-w-0 flex-1 text-lg! [overflow-wrap:anywhere]">
      {ticket.subject || t('no_subject')}
      {mayWrite && <button type="button" data-subject aria-label={t('edit_subject')} onClick={() => setText(ticket.subject)} className="ml-1 inline-flex size-6 items-center justify-center rounded text-sm text-faint hover:bg-accent-ground hover:text-ink"><Icon name="pen" /></button>}
    </h1>
  );
}

interface Props {
  ticket: Ticket;
  save: SaveFields;
  mayWrite: boolean;
  others: { name: string; isTyping: boolean }[];
  items: MenuItem[];
  isPanelOpen: boolean;
  onPanel: () => void;
  onStep: (by: 1 | -1) => void;
}

export function Head({ ticket, save, mayWrite, others, items, isPanelOpen, onPanel, onStep }: Props) {
  const t = useWords('ticket');
  const place = usePlaceInOrder(ticket.id);
  const own = (useStatuses().data ?? []).find((each) => String(each.id) === String(ticket.custom_status_id) && !each.built_in);
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-paper px-3 py-2 md:px-5">
      <a href={`#${place?.address ?? '/'}`} className="inline-flex min-h-6 items-center text-sm" title={place?.title}>← <span className="max-w-40 truncate pl-1">{place?.title || t('all_tickets')}</span></a>
      <Badge tone={statusTone[ticket.status] ?? 'plain'}>{own?.agent_label ?? t(`status.${ticket.status}`)}</Badge>
      <span className="text-sm text-faint">#{String(ticket.id)}</span>
      <NextSla slas={ticket.slas} />
      <div className="order-last flex w-full min-w-0 xl:order-none xl:w-auto xl:flex-1"><Subject ticket={ticket} save={save} mayWrite={mayWrite} /></div>
      <div role="status" aria-label={t('who_is_here')} className="flex flex-wrap items-center gap-1.5">
        {others.map((each) => <span key={each.name} className={`inline-flex items-center gap-1.5 rounded-full border pr-2 text-xs ${each.isTyping ? 'border-warn bg-warn-ground font-semibold text-warn' : 'border-line bg-ground text-faint'}`}><Avatar name={each.name} isOurs={each.isTyping} />{t(each.isTyping ? 'is_typing' : 'is_viewing', { name: each.name })}</span>)}
      </div>
      <div className="ml-auto flex items-center gap-1">
        {place && <><span className="text-sm whitespace-nowrap text-faint">{t('place', { position: place.position, total: place.total })}</span>
          <Button look="quiet" aria-label={t('previous_ticket')} title={t('previous_ticket')} disabled={!place.previous} onClick={() => onStep(-1)}>↑</Button>
          <Button look="quiet" aria-label={t('next_ticket')} title={t('next_ticket')} disabled={!place.next && !place.hasMore} onClick={() => onStep(1)}>↓</Button></>}
        {items.length > 0 && <Menu label={t('ticket_actions')} items={items}><Icon name="dots" /></Menu>}
        <Button aria-expanded={isPanelOpen} aria-controls="ticket-panel" onClick={onPanel}>{t('details_panel')} <span aria-hidden className="max-md:hidden"><Keys keys="p" /></span></Button>
      </div>
    </header>
  );
}
