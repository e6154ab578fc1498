// Stores fields of the shown ticket. What is chosen shows at once; a change that was refused is taken back, with its reason.
import { useCallback, useState } from 'react';
import { ApiError, wordsOf } from '@/api/http';
import { detailWords } from '@/api/said';
import { notice } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords, type Words } from '@/i18n';
import { confirmed } from '@/kit/Confirm';
import { ticketKey } from './data/queries';
import { saveTicket, type Clash } from './data/save';
import type { Ticket, TicketAnswer, TicketChange } from '@/screens/desk/types';

export type SaveFields = (change: TicketChange, told?: string) => Promise<boolean>;

const shown = (value: unknown, t: Words) => (value === null || value === undefined || value === '' ? t('nothing') : Array.isArray(value) ? value.join(', ') : String(value));

// Somebody else has set the same field: whose value shall it be?
export const decideBy = (t: Words) => (clashes: Clash[]) => confirmed({
  title: t('clash_title'),
  text: clashes.map((each) => t('clash', { field: t(`field.${each.field.split('.')[0]!.replace(/_id$/, '')}`), theirs: shown(each.theirs, t), mine: shown(each.mine, t) })).join('\n'),
  action: t('clash_mine'),
});

// What a change would make of the fields that the page shows.
function foretold(ticket: Ticket, change: TicketChange): Ticket {
  const next = { ...ticket } as unknown as Record<string, unknown>;
  for (const [field, value] of Object.entries(change)) if (field in next && field !== 'custom_fields') next[field] = value;
  if (Array.isArray(change.custom_fields)) {
    const wanted = change.custom_fields as Ticket['custom_fields'];
    next.custom_fields = ticket.custom_fields.map((each) => wanted.find((one) => String(one.id) === String(each.id)) ?? each);
  }
  return next as unknown as Ticket;
}

export function useSave(answer: TicketAnswer | undefined): { save: SaveFields; problems: Record<string, string> } {
  const t = useWords('ticket');
  const [problems, setProblems] = useState<Record<string, string>>({});
  const save = useCallback<SaveFields>(async (change, told) => {
    if (!answer) return false;
    const { ticket } = answer;
    const key = ticketKey(ticket.id);
    const now = queries.getQueryData<TicketAnswer>(key) ?? answer;
    queries.setQueryData<TicketAnswer>(key, { ...now, ticket: foretold(now.ticket, change) });
    setProblems({});
    try {
      const done = await saveTicket(now.ticket, now.etag, change, decideBy(t));
      void queries.invalidateQueries({ queryKey: ['ticket', String(ticket.id), 'events'] });
      if (done && told) notice(told);
      return done !== null;
    } catch (problem) {
      queries.setQueryData<TicketAnswer>(key, (was) => (was && was.etag === now.etag ? now : was));
      if (problem instanceof ApiError && problem.problem.details) {
        setProblems(Object.fromEntries(Object.entries(problem.problem.details).map(([field, list]) => [field.split('.').slice(1).join('.') || field, list[0] ? detailWords(list[0]) : ''])));
      }
      notice(wordsOf(problem), { kind: 'failed' });
      return false;
    }
  }, [answer, t]);
  return { save, problems };
}
