// One entry of the audit log: who did what, from where; its details when they are wanted.
import { useId, useState } from 'react';
import { useWords } from '@/i18n';
import { dateTime } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { AgentName } from '@/screens/me/AgentName';
import { actionWords } from './actions';
import type { AuditChange, AuditEntry } from './api';

function Changes({ changes }: { changes: AuditChange[] }) {
  const t = useWords('audit');
  if (changes.length === 0) return null;
  const cell = 'border-b border-line px-2 py-1 text-left align-baseline [overflow-wrap:anywhere]';
  return (
    <table className="mt-2 w-full border-collapse text-sm">
      <caption className="sr-only">{t('entry.changes')}</caption>
      <thead><tr>{['field', 'before', 'after'].map((each) => <th key={each} scope="col" className={`${cell} text-faint`}>{t(`entry.${each}`)}</th>)}</tr></thead>
      <tbody>{changes.map((each, at) => <tr key={at}><th scope="row" className={`${cell} font-medium`}>{each.field}</th><td className={`${cell} text-bad`}>{each.before || '–'}</td><td className={`${cell} text-good`}>{each.after || '–'}</td></tr>)}</tbody>
    </table>
  );
}

// Where what it is about can be seen, if there is such a page.
export function placeOf(entry: Pick<AuditEntry, 'source_type' | 'source_id'>): string | null {
  if (entry.source_id === null) return null;
  if (entry.source_type === 'ticket') return `#/tickets/${entry.source_id}`;
  return entry.source_type === 'user' ? `#/people/${entry.source_id}` : null;
}

export function Entry({ entry }: { entry: AuditEntry }) {
  const t = useWords('audit');
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const label = actionWords(t, entry.action, entry.action_label);
  const place = placeOf(entry);
  const who = entry.actor_id === null ? t(entry.method === 'operator' ? 'entry.operator' : 'entry.system') : entry.actor_name || t('filter.user', { id: entry.actor_id });
  const details: [string, unknown][] = [
    ['action', entry.action], ['role', entry.role], ['method', entry.method], ['credential', entry.credential_id], ['request', entry.request_id],
    ['sequence', entry.sequence ?? t('entry.not_in_chain')], ['hash', entry.hash],
  ];
  return (
    <article tabIndex={-1} data-entry aria-label={`${label}, ${entry.source_label}`} className="border-b border-line px-4 py-2.5 last:border-0 focus-visible:-outline-offset-2">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <time dateTime={entry.created_at} className="w-44 shrink-0 text-sm whitespace-nowrap text-faint">{dateTime(entry.created_at)}</time>
        <div className="min-w-60 flex-1">
          <p><strong>{label}</strong> {entry.outcome !== 'ok' && <Badge tone="bad">{t(`outcome.${entry.outcome}`)}</Badge>}</p>
          <p className="text-sm text-faint [overflow-wrap:anywhere]">{who}{entry.ip_address && ` · ${entry.ip_address}`} · {place ? <a href={place}>{entry.source_label}</a> : entry.source_label}{entry.change_description && ` · ${entry.change_description}`}</p>
        </div>
        <Button look="quiet" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen((was) => !was)}>{t('entry.details')}</Button>
      </div>
      <div id={id} hidden={!isOpen} className="mt-1 sm:ml-44">
        {isOpen && (
          <>
            <dl className="grid grid-cols-[auto_1fr] gap-x-4 text-sm">
              {details.filter(([, value]) => value !== null && value !== '').map(([name, value]) => [<dt key={name} className="text-faint">{t(`entry.${name}`)}</dt>, <dd key={`${name}=`} className="[overflow-wrap:anywhere]">{String(value)}</dd>])}
              {entry.device && <><dt className="text-faint">{t('entry.device')}</dt><dd><AgentName text={entry.device} /></dd></>}
            </dl>
            <Changes changes={entry.changes} />
          </>
        )}
      </div>
    </article>
  );
}
