// The words of the search language, each with an example that can be tried.
import { useWords } from '@/i18n';

const kExamples = ['printer smoke', '"on fire"', 'ton*', 'printer -coffee', '#123', 'subject:refund', 'filename:invoice*', 'status<solved', 'priority>normal', 'ticket_type:incident', 'assignee:me', 'assignee:none', 'requester:ada@example.com', 'group:Billing', 'organization:none', 'tags:vip', 'created>4hours', 'updated<2days', 'created:2026-11', 'has_attachment:true', 'via:mail', 'commenter:me', 'cc:me', 'custom_field_12:red', 'order_by:updated sort:asc'];

export function Help({ onTry }: { onTry: (query: string) => void }) {
  const t = useWords('desk');
  return (
    <div className="mx-auto max-w-4xl p-4">
      <h2>{t('search.help')}</h2>
      <p className="mt-1 mb-3 text-faint">{t('search.help_text')}</p>
      <ul className="grid gap-x-6 sm:grid-cols-2">
        {kExamples.map((each, at) => (
          <li key={each} className="flex items-baseline gap-3 border-t border-line py-1.5">
            <button type="button" className="min-h-6 shrink-0 rounded bg-ground px-2 font-mono text-sm text-accent hover:bg-accent-ground" onClick={() => onTry(each)} aria-label={t('search.try', { query: each })}>{each}</button>
            <span className="min-w-0 text-sm text-faint">{t(`search.example.${at}`)}</span>
          </li>
        ))}
      </ul>
      <p className="mt-3 text-sm text-faint">{t('search.help_end')}</p>
    </div>
  );
}
