// The table of a policy: for each metric and priority, within what time; and whether only working hours count.
import { useWords } from '@/i18n';
import { kPriorities } from '@/screens/desk/types';
import { cellOf, wrongCells, type Definitions, type Metric, type Promises } from './model';

export function Targets({ metrics, value, error, onChange }: { metrics: Definitions['metrics']; value: Promises; error?: string; onChange: (value: Promises) => void }) {
  const t = useWords('sla');
  const wrong = new Set(wrongCells(value));
  const set = (cell: string, text: string) => onChange({ ...value, cells: { ...value.cells, [cell]: text } });
  const turn = (metric: Metric, isOn: boolean) => onChange({ ...value, business: isOn ? [...value.business, metric] : value.business.filter((each) => each !== metric) });
  const name = (metric: Metric, title: string) => t(`metric.${metric}`, { defaultValue: title });
  return (
    <div className="relative overflow-x-auto" role="region" tabIndex={0} aria-label={t('targets')}>
      <table className="w-full min-w-[36rem] border-collapse text-left">
        <caption className="sr-only">{t('targets')}</caption>
        <thead><tr><th scope="col" className="px-1 pb-1 text-sm text-faint">{t('what')}</th>{kPriorities.map((each) => <th key={each} scope="col" className="px-1 pb-1 text-sm text-faint">{t(`desk:priority.${each}`)}</th>)}<th scope="col" className="px-1 pb-1 text-sm text-faint">{t('working_hours')}</th></tr></thead>
        <tbody>
          {metrics.map(({ value: metric, title }) => (
            <tr key={metric} className="border-t border-line align-top">
              <th scope="row" className="max-w-56 py-2 pr-2 font-normal"><span className="block font-semibold">{name(metric, title)}</span><span className="text-sm text-faint">{t(`metric_hint.${metric}`, { defaultValue: '' })}</span></th>
              {kPriorities.map((priority) => {
                const cell = cellOf(metric, priority);
                return (
                  <td key={priority} className="px-1 py-2">
                    <input value={value.cells[cell] ?? ''} placeholder="–" aria-invalid={wrong.has(cell) || undefined} aria-label={t('cell', { metric: name(metric, title), priority: t(`desk:priority.${priority}`) })}
                      onChange={(event) => set(cell, event.currentTarget.value)} className="min-h-8 w-20 rounded-md border border-line-strong bg-paper px-2 tabular-nums placeholder:text-faint aria-[invalid=true]:border-bad" />
                    {wrong.has(cell) && <span role="alert" className="block text-xs text-bad">{t('no_span')}</span>}
                  </td>
                );
              })}
              <td className="px-1 py-2"><input type="checkbox" className="mt-2 size-4 accent-accent" aria-label={t('working_of', { metric: name(metric, title) })} checked={value.business.includes(metric)} onChange={(event) => turn(metric, event.currentTarget.checked)} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {error && <p role="alert" className="mt-1 text-sm text-bad">{error}</p>}
    </div>
  );
}
