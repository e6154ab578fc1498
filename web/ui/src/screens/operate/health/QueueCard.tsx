// Outgoing mail by what it waits for.
import { useQuery } from '@tanstack/react-query';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Card } from '@/kit/Page';
import { kOutboxShown, outboxQuery } from '@/screens/mail/api';
import { reasonOf } from '@/screens/mail/outbox/reason';

export function QueueCard() {
  const t = useWords('operate');
  const { data } = useQuery(outboxQuery);
  if (!data) return null;
  const counts = new Map<string, number>();
  for (const each of data) { const reason = reasonOf(each); counts.set(reason, (counts.get(reason) ?? 0) + 1); }
  const rows = [...counts].sort((a, b) => b[1] - a[1]);
  const most = rows[0]?.[1] ?? 1;
  return (
    <Card title={t('health.queue')} actions={<a href="#/mail/outbox">{t('health.to_queue')}</a>}>
      {rows.length === 0 ? <p className="text-faint">{t('mail:outbox.empty')}</p> : (
        <ul className="m-0 list-none p-0">
          {rows.map(([reason, count]) => (
            <li key={reason} className="flex flex-wrap items-center gap-x-3 border-t border-line py-1.5 first:border-0">
              <span className="w-10 text-right font-semibold tabular-nums">{number(count)}</span><span aria-hidden className="h-2.5 w-24 overflow-hidden rounded-sm border border-line bg-ground"><span className="block h-full bg-accent" style={{ width: `${(count / most) * 100}%` }} /></span><span className="min-w-0 flex-1 basis-60">{t(`mail:reason.${reason}`)}</span>
            </li>
          ))}
        </ul>
      )}
      {data.length >= kOutboxShown && <p className="mt-2 text-warn">{t('mail:outbox.cut', { count: kOutboxShown })}</p>}
    </Card>
  );
}
