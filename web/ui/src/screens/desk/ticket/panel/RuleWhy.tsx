// Why a rule did what it did: which conditions held, what it did, what it could not do; and whether it would fire now.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get, wordsOf, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { useRuleWords } from '@/kit/rules/useRuleWords';
import type { TicketEvent } from '@/screens/desk/types';
import { ruleRun } from '../data/eventWords';

function Now({ ticket, rule }: { ticket: Id; rule: string }) {
  const t = useWords('ticket');
  const say = useRuleWords([]);
  const { data, error } = useQuery({ queryKey: ['ticket', String(ticket), 'explain', rule], queryFn: async () => (await get(`/api/v2/triggers/${rule}/explain?ticket_id=${ticket}`)).explanation });
  if (error) return <p className="text-bad">{wordsOf(error)}</p>;
  if (!data) return null;
  return (
    <div className="mt-2">
      <p className="font-semibold">{t(data.would_fire ? 'rule.fires_now' : 'rule.not_now')}</p>
      <ul>{data.conditions.map((each, at) => <li key={at}><span className={each.holds ? 'text-good' : 'text-bad'}>{each.holds ? '✓' : '✗'} {t(each.holds ? 'rule.holds' : 'rule.holds_not')}</span> {say.condition(each.condition)}{each.list === 'any' && <span className="text-faint"> ({t('rule.any')})</span>}</li>)}</ul>
    </div>
  );
}

const Lines = ({ title, lines }: { title: string; lines: string[] }) => (lines.length === 0 ? null : <><p className="mt-1 font-semibold">{title}</p><ul className="list-disc pl-5">{lines.map((each, at) => <li key={at} className="[overflow-wrap:anywhere]">{each}</li>)}</ul></>);

export default function RuleWhy({ ticket, event }: { ticket: Id; event: TicketEvent }) {
  const t = useWords('ticket');
  const [asksNow, setAsksNow] = useState(false);
  const run = ruleRun(event.detail);
  const say = useRuleWords([...run.did, ...run.skipped], event.kind === 'automation' ? 'automations' : 'triggers');
  return (
    <>
      <Lines title={t('rule.because')} lines={run.because.map(say.condition)} />
      {run.because.length === 0 && <p>{t('rule.always')}</p>}
      <Lines title={t('rule.did')} lines={[...run.did.map(say.action), ...(run.note ? [t('rule.note')] : [])]} />
      <Lines title={t('rule.skipped')} lines={run.skipped.map(say.action)} />
      {event.kind === 'trigger' && run.id && (asksNow ? <Now ticket={ticket} rule={run.id} /> : <Button look="quiet" onClick={() => setAsksNow(true)}>{t('rule.ask_now')}</Button>)}
    </>
  );
}
