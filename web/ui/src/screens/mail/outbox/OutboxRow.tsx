// One waiting mail with its reason in words and its actions.
import { useState } from 'react';
import { del, put } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Time } from '@/kit/Time';
import type { QueueEntry } from '../api';
import { reasonOf } from './reason';

type Deed = 'retry' | 'hold' | 'release' | 'drop';
const requests: Record<Deed, (id: string) => Promise<unknown>> = {
  retry: (id) => put(`/api/v2/outbox/${id}/retry`), hold: (id) => put(`/api/v2/outbox/${id}/hold`),
  release: (id) => del(`/api/v2/outbox/${id}/hold`), drop: (id) => del(`/api/v2/outbox/${id}`),
};

export function OutboxRow({ entry }: { entry: QueueEntry }) {
  const t = useWords('mail');
  const [running, setRunning] = useState<Deed | null>(null);
  const reason = reasonOf(entry);
  const isBad = ['damaged', 'unknown_person', 'no_domain', 'refused', 'refused_policy', 'sender_rejected', 'loop', 'signing'].includes(reason);
  const act = async (deed: Deed) => {
    if (deed === 'drop' && !(await confirmed({ title: t('outbox.drop_title'), text: t('outbox.drop_text', { to: entry.recipient }), action: t('outbox.drop'), isDangerous: true }))) return;
    setRunning(deed);
    try {
      await requests[deed](String(entry.id));
      notice(t(`outbox.done.${deed}`, { to: entry.recipient }), deed === 'hold' ? { undo: () => void act('release') } : {});
    } catch (problem) { failure(problem); }
    setRunning(null);
    void queries.invalidateQueries({ queryKey: ['mail', 'outbox'] });
  };
  const button = (deed: Deed, look: 'plain' | 'danger' = 'plain') => (
    <Button look={look} isBusy={running === deed} disabled={running !== null || (deed !== 'drop' && entry.damaged)} onClick={() => void act(deed)}>{t(`outbox.${deed}`)}<span className="sr-only"> ({entry.recipient})</span></Button>
  );
  return (
    <li className="mb-2 rounded-xl border border-line bg-paper p-3">
      <article aria-label={entry.recipient} className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-80">
          <div className="flex flex-wrap items-center gap-2">
            <strong className="[overflow-wrap:anywhere]">{entry.recipient || '–'}</strong>
            <Badge tone={entry.held ? 'warn' : isBad ? 'bad' : reason === 'sending' || reason === 'new' ? 'accent' : 'plain'}>{t(`outbox.state.${entry.held ? 'held' : reason === 'sending' ? 'sending' : entry.attempts ? 'waiting' : 'new'}`)}</Badge>
          </div>
          <p className="mt-1">{t(`reason.${reason}`)}</p>
          {entry.last_reply && <p className="mt-0.5 text-sm text-faint [overflow-wrap:anywhere]">{t('outbox.said')} <q lang="en">{entry.last_reply}</q></p>}
          <p className="mt-1 text-sm text-faint">
            {entry.ticket_id !== null ? <a href={`#/tickets/${entry.ticket_id}`}>{t('outbox.ticket', { id: entry.ticket_id })}</a> : entry.purpose}
            {' · '}{t('outbox.attempts', { count: entry.attempts })}{' · '}{t('outbox.since')} <Time at={entry.created_at} />
            {!entry.held && !entry.damaged && <>{' · '}{t('outbox.due')} <Time at={entry.due_at} /></>}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">{!entry.held && button('retry')}{button(entry.held ? 'release' : 'hold')}{button('drop', 'danger')}</div>
      </article>
    </li>
  );
}
