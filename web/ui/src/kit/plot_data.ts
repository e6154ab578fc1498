// Numbers of plots: as words, and one on top of the other.
import { language } from '@/i18n';
import { bytes, number } from '@/i18n/dates';

// A share of 0 to 1; small ones with a decimal.
export const percent = (share: number | null | undefined) =>
  share === null || share === undefined ? '–' : new Intl.NumberFormat(language(), { style: 'percent', maximumFractionDigits: share > 0 && share < 0.1 ? 1 : 0 }).format(share);

// Points of a score: one decimal, with a sign where they are an addition.
export const points = (value: number, isAddition = false) =>
  new Intl.NumberFormat(language(), { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: isAddition ? 'exceptZero' : 'auto' }).format(value);

export type PlotUnit = 'count' | 'share' | 'rate' | 'ms' | 'bytes';
export function plotWord(value: number | null | undefined, unit: PlotUnit = 'count'): string {
  if (value === null || value === undefined) return '–';
  if (unit === 'share') return percent(value);
  if (unit === 'bytes') return bytes(value);
  if (unit === 'ms') return `${number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value))} ms`;
  return unit === 'rate' ? `${number(Math.round(value * 10) / 10)}/s` : number(value);
}

// Each list on top of those before it; a day without a number counts as 0 where another has one.
export function stacked(lists: (number | null)[][]): (number | null)[][] {
  const top: (number | null)[] = [];
  return lists.map((list) => list.map((value, at) => {
    const below = top[at] ?? null;
    const sum = value === null && below === null ? null : (value ?? 0) + (below ?? 0);
    top[at] = sum;
    return sum;
  }));
}
