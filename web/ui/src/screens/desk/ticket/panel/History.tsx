// Everything that happened to a ticket, newest first, and why a rule did what it did.
import { lazy, Suspense, useState } from 'react';
import { wordsOf, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Failed } from '@/kit/Page';
import { Time } from '@/kit/Time';
import { isRule } from '../data/eventWords';
import { useEvents } from '../data/queries';
import type { TicketEvent } from '@/screens/desk/types';
import { useNames } from '../data/useNames';

const RuleWhy = lazy(() => import('./RuleWhy'));
const kShown = 100;

function Why({ ticket, event }: { ticket: Id; event: TicketEvent }) {
  const t = useWords('ticket');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      {' '}<button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className="min-h-6 text-accent underline">{t('rule.why')}</button>
      {isOpen && (
        <div className="mt-1 rounded-lg border border-line bg-ground p-2"><Suspense fallback={null}><RuleWhy ticket={ticket} event={event} /></Suspense></div>
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
