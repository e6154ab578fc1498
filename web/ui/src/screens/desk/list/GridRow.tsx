// One ticket of a list: cells on a wide screen, two lines on a narrow one.
import { memo, type MouseEvent } from 'react';
import { go } from '@/app/place';
import type { Words } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Time } from '@/kit/Time';
import type { Column } from './columns';
import { StatusBadge } from './StatusBadge';
import type { Ticket } from '@/screens/desk/types';

export interface RowActs { onToggle: (id: string, isRange: boolean) => void; onActive: (id: string) => void; onHover: (id: string) => void }
export interface RowProps {
  ticket: Ticket; rowIndex: number; top: number; height: number; columns: Column[]; template: string; isNarrow: boolean;
  isActive: boolean; isChosen: boolean; isFresh: boolean; isTabStop: boolean; canSelect: boolean; here: string; acts: RowActs; t: Words;
}

const isControl = (target: EventTarget | null) => target instanceof Element && target.closest('a,input,label,button') !== null;

function Chooser({ ticket, isChosen, isTabStop, acts, t }: RowProps) {
  const id = String(ticket.id);
  return (
    <label className="flex h-full w-10 shrink-0 cursor-pointer items-center justify-center">
      <input type="checkbox" className="size-4 accent-accent" checked={isChosen} tabIndex={isTabStop ? 0 : -1} aria-label={t('list.select_one', { number: id, subject: ticket.subject || t('no_subject') })}
        onClick={(event: MouseEvent<HTMLInputElement>) => acts.onToggle(id, event.shiftKey)} onChange={() => {}} />
    </label>
  );
}

function Subject({ ticket, isFresh, isTabStop, here, acts, t }: RowProps) {
  const id = String(ticket.id);
  return (
    <span className="flex min-w-0 items-center gap-2">
      {isFresh && <span className="size-2 shrink-0 rounded-full bg-accent" title={t('list.fresh')}><span className="sr-only">{t('list.fresh')}</span></span>}
      <a data-subject href={`#/tickets/${id}`} tabIndex={isTabStop ? 0 : -1} onFocus={() => acts.onActive(id)}
        className="-mx-1 truncate rounded px-1 py-0.5 font-medium text-ink no-underline outline-offset-[-2px] hover:underline">{ticket.subject || t('no_subject')}</a>
      {ticket.comment_count > 1 && <span className="shrink-0 text-xs text-faint" title={t('list.messages', { count: ticket.comment_count })}><span aria-hidden>{ticket.comment_count}</span><span className="sr-only">{t('list.messages', { count: ticket.comment_count })}</span></span>}
      {here && <Badge tone="note">{here}</Badge>}
    </span>
  );
}

function Narrow(props: RowProps) {
  const { ticket, columns, t } = props;
  const of = (id: string) => columns.find((each) => each.id === id)?.text(ticket) ?? '';
  return (
    <>
      {props.canSelect && <span role="gridcell" className="h-full"><Chooser {...props} /></span>}
      <span role="gridcell" className="flex min-w-0 flex-1 flex-col justify-center gap-0.5 py-1 pr-3">
        <Subject {...props} />
        <span className="flex min-w-0 items-center gap-2 text-xs text-faint">
          <StatusBadge status={ticket.status} /><span className="min-w-0 flex-1 truncate">{of('requester') || `#${ticket.id}`}{of('assignee') && ` → ${of('assignee')}`}</span>
          {ticket.priority === 'urgent' && <span className="font-semibold text-bad">{t('priority.urgent')}</span>}<Time at={ticket.updated_at} />
        </span>
      </span>
    </>
  );
}

export const GridRow = memo(function GridRow(props: RowProps) {
  const { ticket, rowIndex, top, height, columns, template, isNarrow, isActive, isChosen, canSelect, acts } = props;
  const id = String(ticket.id);
  const style = { height, transform: `translateY(${top}px)` };
  const look = `absolute inset-x-0 top-0 cursor-pointer border-b border-line ${isChosen ? 'bg-accent-ground' : 'bg-paper hover:bg-ground'} ${isActive ? 'shadow-[inset_3px_0_0_var(--accent)]' : ''}`;
  return (
    <div role="row" aria-rowindex={rowIndex} aria-selected={canSelect ? isChosen : undefined} data-ticket={id} className={`${look} ${isNarrow ? 'flex' : 'grid items-center'}`}
      style={isNarrow ? style : { ...style, gridTemplateColumns: template }} onMouseEnter={() => acts.onHover(id)}
      onClick={(event: MouseEvent<HTMLDivElement>) => { if (!isControl(event.target)) { acts.onActive(id); go(`/tickets/${id}`); } }}>
      {isNarrow ? <Narrow {...props} /> : (
        <>
          {canSelect && <span role="gridcell" className="h-full"><Chooser {...props} /></span>}
          {columns.map((each) => (
            <span key={each.id} role="gridcell" className="min-w-0 truncate px-2">
              {each.id === 'subject' ? <Subject {...props} /> : each.cell ? each.cell(ticket) : <span title={each.text(ticket)}>{each.text(ticket)}</span>}
            </span>
          ))}
        </>
      )}
    </div>
  );
});
