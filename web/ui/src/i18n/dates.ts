// Times as people read them, in the page's language and the browser's time zone.
import { language } from './index';

const steps: [Intl.RelativeTimeFormatUnit, number][] = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60]];

// Making a format costs a hundred times what using it does, and a list has dozens of times on it.
const kept = new Map<string, unknown>();
function once<T>(name: string, make: (language: string) => T): T {
  const key = `${language()} ${name}`;
  if (!kept.has(key)) kept.set(key, make(language()));
  return kept.get(key) as T;
}

export function ago(iso: string, now = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const format = once('ago', (each) => new Intl.RelativeTimeFormat(each, { numeric: 'auto', style: 'short' }));
  for (const [unit, size] of steps) if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  return format.format(Math.trunc(seconds), 'second');
}

export const dateTime = (iso: string) => once('time', (each) => new Intl.DateTimeFormat(each, { dateStyle: 'medium', timeStyle: 'short' })).format(new Date(iso));
export const date = (iso: string) => once('date', (each) => new Intl.DateTimeFormat(each, { dateStyle: 'medium' })).format(new Date(iso));
export const clockTime = (iso: string) => once('clock', (each) => new Intl.DateTimeFormat(each, { timeStyle: 'medium' })).format(new Date(iso));
// "2026-12-24" is that day wherever the browser is.
export const localDay = (day: string) => once('day', (each) => new Intl.DateTimeFormat(each, { dateStyle: 'medium', timeZone: 'UTC' })).format(new Date(`${day}T00:00:00Z`));
// 0: Sunday.
export const weekday = (day: number) => once('weekday', (each) => new Intl.DateTimeFormat(each, { weekday: 'long', timeZone: 'UTC' })).format(new Date(Date.UTC(2026, 10, 22 + day)));
export const number = (value: number) => once('number', (each) => new Intl.NumberFormat(each)).format(value);
const kUnits: [string, number][] = [['day', 1440], ['hour', 60], ['minute', 1]];
// "2 h 5 min", "3 d 4 h": of a span the two largest units that it has.
export function minutesText(minutes: number): string {
  const first = Math.max(0, kUnits.findIndex(([, size]) => minutes >= size));
  const at = minutes < 1 ? kUnits.length - 1 : first;
  let rest = minutes;
  return kUnits.slice(at, at + 2).flatMap(([unit, size], place) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count === 0 && (place > 0 || at < kUnits.length - 1)) return [];
    return [once(`span ${unit}`, (each) => new Intl.NumberFormat(each, { style: 'unit', unit, unitDisplay: 'short' })).format(count)];
  }).join(' ');
}
export function bytes(size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let at = 0;
  let rest = size;
  while (rest >= 1000 && at < units.length - 1) { rest /= 1000; at += 1; }
  return new Intl.NumberFormat(language(), { style: 'unit', unit: units[at], unitDisplay: at ? 'short' : 'long', maximumFractionDigits: rest < 10 && at ? 1 : 0 }).format(rest);
}
