// What was hidden in the whole ticket: how often, by which rule, and the way to the messages. Nothing is shown where nothing was.
import { useMemo } from 'react';
import type { Id } from '@/api/http';
import { useWords } from '@/i18n';
import { useComments } from '../data/queries';
import { hiddenBy } from '../data/hidden';

const kLinked = 5; // messages of a rule that are named

export function Hidden({ ticket }: { ticket: Id }) {
  const t = useWords('ticket');
  const { data: comments } = useComments(ticket);
  const rules = useMemo(() => hiddenBy(comments ?? []), [comments]);
  if (rules.length === 0) return null;
  const kind = (rule: string) => t(`hidden.kind.${rule}`, { defaultValue: t(`redaction.kind.${rule}`, { defaultValue: rule.replaceAll('_', ' ') }) });
  return (
    <section aria-label={t('hidden.title')} className="mb-3 rounded-lg border border-line p-2 text-sm">
      <h3 className="mb-1 text-sm">{t('hidden.title')}</h3>
      <ul>
        {rules.map((each) => (
          <li key={each.rule} data-rule={each.rule} className="flex flex-wrap items-center gap-x-2">
            <span className="[overflow-wrap:anywhere]">{t('hidden.times', { what: kind(each.rule), count: each.count })}</span>
            {each.messages.slice(0, kLinked).map(({ id, number }) => <a key={String(id)} href={`#/tickets/${ticket}?comment=${id}`} className="inline-flex min-h-6 items-center">{t('hidden.message', { number })}</a>)}
            {each.messages.length > kLinked && <span className="text-faint">{t('hidden.more', { count: each.messages.length - kLinked })}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
