// How far a bulk change is; it goes on while the agent is elsewhere in the page.
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { stopRun, useRun } from './bulk';

export default function BulkProgress() {
  const t = useWords('desk');
  const run = useRun();
  if (!run) return null;
  const words = run.total === 0 ? t('bulk.counting', { number: number(run.counted) }) : t('bulk.progress', { done: number(run.done), total: number(run.total) });
  return (
    <div role="status" aria-live="off" className="fixed bottom-[calc(0.75rem+var(--dock,0px))] left-3 z-40 w-[min(22rem,calc(100vw-1.5rem))] rounded-lg border border-line bg-raised px-4 py-3 shadow-lg">
      <p className="mb-1 truncate font-semibold">{run.title}</p>
      <progress className="h-2 w-full accent-accent" aria-label={run.title} max={run.total || 1} value={run.total === 0 ? undefined : run.done} />
      <div className="mt-1 flex items-center justify-between gap-2 text-sm text-faint"><span>{words}</span><Button look="quiet" disabled={run.isStopping} onClick={stopRun}>{t('bulk.stop')}</Button></div>
    </div>
  );
}
