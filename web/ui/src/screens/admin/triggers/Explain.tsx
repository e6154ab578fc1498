// Why did it fire, why did it not: each condition asked of one ticket now, and what the ticket's history says of this trigger.
import { useState } from 'react';
import { ApiError, get, wordsOf, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import type { Definitions } from '@/kit/conditions/types';
import { allPages } from '@/kit/editor/allPages';
import { Field, Select } from '@/kit/Field';
import { Card } from '@/kit/Page';
import { Time } from '@/kit/Time';
import { Fired } from './Fired';
import type { Review, Trigger } from './model';
import { HeldConditions, WouldDo } from './ReviewShown';

interface Event { id: Id; kind: string; detail: string; created_at: string }

export function Explain({ trigger, definitions, isDirty }: { trigger: Trigger; definitions: Definitions; isDirty: boolean }) {
  const t = useWords('rules');
  const [ticket, setTicket] = useState('');
  const [as, setAs] = useState('change');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [shown, setShown] = useState<{ review: Review; fired: Event[] } | null>(null);
  const ask = async () => {
    const number = ticket.trim().replace(/^#/, '');
    if (!/^\d+$/.test(number)) { setProblem(t('explain.which')); return; }
    setBusy(true);
    setProblem('');
    try {
      const [{ explanation }, events] = await Promise.all([
        get(`/api/v2/triggers/${trigger.id}/explain?ticket_id=${number}${as === 'create' ? '&as=create' : ''}`), allPages<Event>(`/api/v2/tickets/${number}/events`, 'events'),
      ]);
      setShown({ review: explanation, fired: events.filter((each) => each.kind.startsWith('trigger') && each.detail.startsWith(`${trigger.id} `)) });
    } catch (error) {
      setShown(null);
      setProblem(error instanceof ApiError && error.status === 404 ? t('explain.no_ticket') : wordsOf(error));
    } finally { setBusy(false); }
  };
  return (
    <Card title={t('explain.title')}>
      <p className="mb-2 max-w-prose text-sm text-faint">{t('explain.hint')}{isDirty && ` ${t('preview.saved_only')}`}</p>
      <div className="flex flex-wrap items-start gap-2">
        <Field boxClass="mb-0! w-40" label={t('explain.ticket')} isLabelHidden placeholder={t('explain.ticket')} inputMode="numeric" value={ticket} error={problem || undefined}
          onChange={(event) => setTicket(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === 'Enter') { event.preventDefault(); void ask(); } }} />
        <Select boxClass="mb-0!" label={t('explain.as')} isLabelHidden value={as} onChange={(event) => setAs(event.currentTarget.value)}>
          <option value="change">{t('explain.as_change')}</option><option value="create">{t('explain.as_create')}</option>
        </Select>
        <Button isBusy={isBusy} onClick={() => void ask()}>{t('explain.ask')}</Button>
      </div>
      {shown && (
        <div className="mt-3">
          <p role="status" className="flex flex-wrap items-center gap-2">
            <Badge tone={shown.review.would_fire ? 'good' : 'plain'}>{t(shown.review.would_fire ? 'explain.fires' : 'explain.fires_not')}</Badge>
            {!trigger.active && <span className="text-sm text-warn">{t('explain.is_off')}</span>}
          </p>
          <HeldConditions review={shown.review} conditions={trigger.conditions} definitions={definitions} />
          {shown.review.would_fire && <div className="mt-2"><p className="text-sm font-semibold">{t('explain.would_do')}</p><WouldDo review={shown.review} definitions={definitions} /></div>}
          <h3 className="mt-3">{t('explain.past')}</h3>
          {shown.fired.length === 0 ? <p className="text-sm text-faint">{t('explain.never')}</p> : (
            <ul className="text-sm">{shown.fired.map((each) => <li key={String(each.id)} className="mt-1 border-l-2 border-line pl-2"><Time at={each.created_at} isExact /> {each.kind === 'trigger_loop' && <Badge tone="bad">{t('explain.loop')}</Badge>}<Fired detail={each.detail} /></li>)}</ul>
          )}
        </div>
      )}
    </Card>
  );
}
