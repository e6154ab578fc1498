// Everything that happened to a ticket, newest first, and why a rule did what it did.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get, wordsOf, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Failed } from '@/kit/Page';
import { Time } from '@/kit/Time';
import { isRule, ruleRun } from '../data/eventWords';
import { useEvents } from '../data/queries';
import type { TicketEvent } from '@/screens/desk/types';
import { useNames } from '../data/useNames';

const kShown = 100;

function Now({ ticket, rule }: { ticket: Id; rule: string }) {
  const t = useWords('ticket');
  const { data, error } = useQuery({ queryKey: ['ticket', String(ticket), 'explain', rule], queryFn: async () => (await get(`/api/v2/triggers/${rule}/explain?ticket_id=${ticket}`)).explanation });
  if (error) return <p className="text-bad">{wordsOf(error)}</p>;
  if (!data) return null;
  return (
    <div className="mt-2">
      <p className="font-semibold">{t(data.would_fire ? 'rule.fires_now' : 'rule.not_now')}</p>
      <ul>{data.conditions.map((each, at) => <li key={at}><span className={each.holds ? 'text-good' : 'text-bad'}>{each.holds ? '✓' : '✗'} {t(each.holds ? 'rule.holds' : 'rule.holds_not')}</span> {each.condition}{each.list === 'any' && <span className="text-faint"> ({t('rule.any')})</span>}</li>)}</ul>
    </div>
  );
}

const Lines = ({ title, lines }: { title: string; lines: string[] }) => (lines.length === 0 ? null : <><p className="mt-1 font-semibold">{title}</p><ul className="list-disc pl-5">{lines.map((each, at) => <li key={at} className="[overflow-wrap:anywhere]">{each}</li>)}</ul></>);

function Why({ ticket, event }: { ticket: Id; event: TicketEvent }) {
  const t = useWords('ticket');
  const [isOpen, setOpen] = useState(false);
  const [asksNow, setAsksNow] = useState(false);
  const run = ruleRun(event.detail);
  return (
    <>
      {' '}<button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className="min-h-6 text-accent underline">{t('rule.why')}</button>
      {isOpen && (
        <div className="mt-1 rounded-lg border border-line bg-ground p-2">
          <Lines title={t('rule.because')} lines={run.because} />
          {run.because.length === 0 && <p>{t('rule.always')}</p>}
          <Lines title={t('rule.did')} lines={[...run.did, ...(run.note ? [t('rule.note')] : [])]} />
          <Lines title={t('rule.skipped')} lines={run.skipped} />
          {event.kind === 'trigger' && run.id && (asksNow ? <Now ticket={ticket} rule={run.id} /> : <Button look="quiet" onClick={() => setAsksNow(true)}>{t('rule.ask_now')}</Button>)}
        </div>
      )}
    </>
  );
}

export function History({ ticket }: { ticket: Id }) {
  const t = useWords('ticket');
  const { data, error } = useEvents(ticket);
  const [shown, setShown] = useState(kShown);
  const newest = [...(data ?? [])].reverse().slice(0, shown);
  const { words, who } = useNames(newest);
  if (error) return <Failed words={wordsOf(error)} />;
  if (!data) return null;
  return (
    <div className="p-3">
      <ol className="text-sm">
        {newest.map((each) => (
          <li key={String(each.id)} data-event={each.kind} className="border-b border-line py-1.5 last:border-0 [overflow-wrap:anywhere]">
            <strong className="font-semibold">{who(each)}</strong> {words(each)}{isRule(each) && <Why ticket={ticket} event={each} />}
            <span className="block text-xs text-faint"><Time at={each.created_at} isExact /></span>
          </li>
        ))}
      </ol>
      {data.length > shown && <Button look="quiet" onClick={() => setShown(shown + kShown)}>{t('common:more')}</Button>}
    </div>
  );
}
