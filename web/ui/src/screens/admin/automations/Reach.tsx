// Which tickets fulfil the conditions now (it would fire for them within moments), and which come next: those for which
// everything but the time holds. Asked of the preview of views, which knows all conditions but a few.
import { useState } from 'react';
import { post, wordsOf, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { Card } from '@/kit/Page';
import { Time } from '@/kit/Time';
import type { Conditions } from '@/kit/conditions/types';
import { dueAt, split, type Timed } from './due';

interface Row { ticket_id: Id; ticket: { subject: string }; [column: string]: unknown }
interface Preview { rows: Row[]; count: number; complete: boolean; looked_at: number }
interface Found { now: Preview; waiting: Preview | null; timed: Timed | null; of: string }
const kShown = 15;

const preview = (conditions: Conditions, columns: string[]) => post('/api/v2/views/preview', { view: { conditions, output: { columns, sort_by: 'updated', sort_order: 'asc' } } });

export function Reach({ conditions }: { conditions: Conditions }) {
  const t = useWords('rules');
  const [found, setFound] = useState<Found | null>(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const parts = split(conditions);
  const now = JSON.stringify(conditions);
  const look = async () => {
    setBusy(true);
    setProblem('');
    try {
      const columns = parts.timed?.column ? [parts.timed.column] : [];
      const [matching, waiting] = await Promise.all([preview(conditions, []), parts.timed && parts.others.all.length ? preview(parts.others, columns) : null]);
      setFound({ now: matching, waiting, timed: parts.timed, of: now });
    } catch (error) {
      setFound(null);
      setProblem(t('reach.refused', { words: wordsOf(error) }));
    } finally { setBusy(false); }
  };
  const due = found?.waiting && found.timed
    ? found.waiting.rows.map((row) => ({ row, at: dueAt(row, found.timed!) })).filter((each): each is { row: Row; at: number } => each.at !== null && each.at > Date.now()).sort((a, b) => a.at - b.at).slice(0, kShown) : [];
  const line = (row: Row, when?: number) => (
    <li key={String(row.ticket_id)} className="flex gap-3 border-b border-line py-1">
      <a className="w-16 shrink-0" href={`#/tickets/${row.ticket_id}`} target="_blank" rel="noopener">#{String(row.ticket_id)}</a>
      <span className="min-w-0 flex-1 truncate">{row.ticket.subject || t('no_subject')}</span>
      {when !== undefined && <span className="shrink-0 text-sm text-faint"><Time at={new Date(when).toISOString()} isExact /></span>}
    </li>
  );
  return (
    <Card title={t('reach.title')}>
      <p className="mb-2 max-w-prose text-sm text-faint">{t('reach.hint')}</p>
      <Button isBusy={isBusy} onClick={() => void look()}>{t('reach.look')}</Button>
      {problem && <p role="alert" className="mt-2 text-warn">{problem}</p>}
      {found && (
        <div className="mt-3">
          {found.of !== now && <p className="text-sm text-warn">{t('dry.outdated')}</p>}
          <p role="status" className="font-semibold">{t(found.now.complete ? 'reach.now' : 'reach.now_some', { count: found.now.count, amount: number(found.now.count), looked: number(found.now.looked_at) })}</p>
          <ul>{found.now.rows.slice(0, kShown).map((row) => line(row))}</ul>
          {found.timed && (
            <>
              <h3 className="mt-3">{t('reach.next')}</h3>
              {due.length === 0 ? <p className="text-sm text-faint">{t('reach.next_none')}</p> : <ul>{due.map((each) => line(each.row, each.at))}</ul>}
            </>
          )}
        </div>
      )}
    </Card>
  );
}
