// A picture of numbers by day, and the same numbers as a table beneath. What draws it (uPlot) is loaded when it is shown.
import { lazy, Suspense } from 'react';
import { useWords } from '@/i18n';
import { clockTime, date, number } from '@/i18n/dates';
import { plotWord, type PlotUnit } from './plot_data';
import { Table } from './Table';

export type PlotTone = 'good' | 'bad' | 'accent' | 'warn' | 'faint';
export interface PlotSeries { label: string; values: (number | null)[]; tone: PlotTone; pattern?: 'plain' | 'hatched' | 'dashed' }
export interface PlotProps {
  title: string;
  days: string[]; // "2026-11-23", UTC
  isTime?: boolean; // they are moments of one day: "2026-11-23T10:15:00Z"
  series: PlotSeries[];
  kind: 'bars' | 'lines'; // bars stand on each other
  unit?: PlotUnit; // a share is 0 to 1, a rate per second
}

const Canvas = lazy(() => import('./PlotCanvas'));
export const plotColours: Record<PlotTone, string> = { good: '--good', bad: '--bad', accent: '--accent', warn: '--warn', faint: '--line-strong' };

function Swatch({ tone, pattern, kind }: { tone: PlotTone; pattern: PlotSeries['pattern']; kind: PlotProps['kind'] }) {
  const colour = `var(${plotColours[tone]})`;
  return (
    <svg aria-hidden width="20" height="12" className="shrink-0">
      {kind === 'lines'
        ? <line x1="0" y1="6" x2="20" y2="6" stroke={colour} strokeWidth="2.5" strokeDasharray={pattern === 'dashed' ? '5 3' : undefined} />
        : <rect x="1" y="1" width="18" height="10" fill={pattern === 'hatched' ? 'none' : colour} stroke={colour} />}
      {kind === 'bars' && pattern === 'hatched' && [2, 7, 12, 17].map((x) => <line key={x} x1={x} y1="11" x2={x + 4} y2="1" stroke={colour} strokeWidth="1.5" />)}
    </svg>
  );
}

export function Plot(props: PlotProps) {
  const t = useWords();
  const { title, days, series, kind, unit, isTime } = props;
  const totals = series.map((each) => each.values.reduce<number>((sum, value) => sum + (value ?? 0), 0));
  return (
    <figure className="m-0">
      <figcaption className="mb-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <span className="font-semibold">{title}</span>
        {series.map((each, at) => (
          <span key={each.label} className="inline-flex items-center gap-1.5 text-faint">
            <Swatch tone={each.tone} pattern={each.pattern} kind={kind} />{each.label}{(unit ?? 'count') === 'count' && <strong className="text-ink">{number(totals[at]!)}</strong>}
          </span>
        ))}
      </figcaption>
      <Suspense fallback={<div className="h-56" />}><Canvas {...props} /></Suspense>
      <details className="mt-2">
        <summary className="cursor-pointer text-sm text-accent">{t('plot.table')}</summary>
        <div className="max-h-72 overflow-auto">
          <Table caption={title} rows={days.map((day, at) => ({ day, at })).reverse()} rowKey={(row) => row.day}
            columns={[{ title: t(isTime ? 'plot.time' : 'plot.day'), cell: (row) => (isTime ? clockTime(row.day) : date(row.day)) },
              ...series.map((each) => ({ title: each.label, className: 'text-right tabular-nums', cell: (row: { at: number }) => plotWord(each.values[row.at], unit) }))]} />
        </div>
      </details>
    </figure>
  );
}
