// The drawing of kit/Plot with uPlot. Colours come from the page's theme; bars that mean trouble are hatched, so that a
// picture says the same without colour.
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { language } from '@/i18n';
import { clockTime, date } from '@/i18n/dates';
import { plotColours, type PlotProps, type PlotSeries } from './Plot';
import { plotWord, stacked } from './plot_data';

const kHeight = 224;
const kDay = 86_400;

const colourOf = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function hatched(colour: string): CanvasPattern | string {
  const size = 8 * devicePixelRatio;
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const draw = tile.getContext('2d');
  if (!draw) return colour;
  draw.strokeStyle = colour;
  draw.lineWidth = 2 * devicePixelRatio;
  for (const from of [-size, 0, size]) {
    draw.beginPath();
    draw.moveTo(from, size);
    draw.lineTo(from + size, 0);
    draw.stroke();
  }
  return draw.createPattern(tile, 'repeat') ?? colour;
}

function seriesOf(each: PlotSeries, kind: PlotProps['kind']): uPlot.Series {
  const colour = colourOf(plotColours[each.tone]);
  if (kind === 'lines') return { label: each.label, stroke: colour, width: 2, dash: each.pattern === 'dashed' ? [6, 4] : undefined, points: { show: true, size: 6 }, spanGaps: false };
  const fill = each.pattern === 'hatched' ? () => hatched(colour) as unknown as string : colour;
  return { label: each.label, stroke: colour, width: 1, fill, paths: uPlot.paths.bars!({ size: [0.7, 48] }), points: { show: false } };
}

function optionsOf({ series, kind, unit, isTime }: PlotProps, width: number, onDay: (at: number | null) => void): uPlot.Options {
  const axis = { stroke: colourOf('--faint'), grid: { stroke: colourOf('--line'), width: 1 }, ticks: { stroke: colourOf('--line'), width: 1 }, font: '12px system-ui, sans-serif' };
  const short = new Intl.DateTimeFormat(language(), isTime ? { hour: '2-digit', minute: '2-digit', second: '2-digit' } : { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const around = isTime ? 1 : kDay * 0.6;
  return {
    width, height: kHeight, padding: [8, 12, 0, 0], legend: { show: false },
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), 'Etc/UTC'),
    cursor: { points: { show: kind === 'lines' }, y: false, drag: { x: false, y: false } },
    scales: {
      x: { range: (_, min, max) => [min - around, max + around] },
      y: { range: (_, __, max) => [0, unit === 'share' ? Math.min(1.02, Math.max(max * 1.15, 0.01)) : Math.max(max * 1.1, unit === 'rate' ? 1 : 4)] },
    },
    axes: [
      { ...axis, space: 64, incrs: isTime ? [5, 15, 30, 60, 120, 300] : [1, 2, 7, 14, 30, 60, 90].map((days) => days * kDay), values: (_, splits) => splits.map((at) => short.format(at * 1000)) },
      { ...axis, size: unit === 'bytes' || unit === 'ms' ? 72 : 56, values: (_, splits) => splits.map((value) => ((unit ?? 'count') === 'count' && !Number.isInteger(value) ? '' : plotWord(value, unit))) },
    ],
    series: [{}, ...series.map((each) => seriesOf(each, kind))],
    hooks: { setCursor: [(plot) => onDay(plot.cursor.idx ?? null)] },
  };
}

export default function PlotCanvas(props: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const [look, relook] = useState(0);
  const [at, setAt] = useState<number | null>(null);
  const { days, series, kind, unit, isTime } = props;

  useEffect(() => {
    const seen = new MutationObserver(() => relook((was) => was + 1));
    seen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'lang'] });
    return () => seen.disconnect();
  }, []);

  useEffect(() => {
    const place = box.current;
    if (!place) return;
    const xs = days.map((day) => Date.parse(isTime ? day : `${day}T00:00:00Z`) / 1000);
    // The whole of a stack is drawn first, so that the lower bars cover it.
    const drawn = kind === 'bars' ? [...series].reverse() : series;
    const values = kind === 'bars' ? stacked(series.map((each) => each.values)).reverse().map((list) => list.map((value) => value || null)) : series.map((each) => each.values);
    const plot = new uPlot(optionsOf({ ...props, series: drawn }, place.clientWidth || 320, setAt), [xs, ...values], place);
    const follow = new ResizeObserver(() => { if (place.clientWidth) plot.setSize({ width: place.clientWidth, height: kHeight }); });
    follow.observe(place);
    return () => { follow.disconnect(); plot.destroy(); };
  }, [days, series, kind, unit, isTime, look]);

  const words = at === null || days[at] === undefined ? '' : `${isTime ? clockTime(days[at]) : date(days[at])}: ${series.map((each) => `${each.label} ${plotWord(each.values[at], unit)}`).join(' · ')}`;
  return (
    <>
      <div ref={box} role="img" aria-label={props.title} className="overflow-hidden" />
      <p aria-hidden className="min-h-5 text-xs text-faint">{words}</p>
    </>
  );
}
