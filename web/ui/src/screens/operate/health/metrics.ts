// The process's counters, read again and again while they are looked at: what a plot needs is how they changed in between.
import type { Schema } from '@/api/schema';

type Reading = Omit<Schema<'MetricReading'>, 'labels'> & { labels?: unknown };
type Bucket = Schema<'MetricBucket'>;
export interface Sample { at: number; resident: number; waiting: number; readings: Reading[] }

const kKept = 120;
export const withSample = (list: readonly Sample[], next: Sample): Sample[] => (list.at(-1)?.at === next.at ? [...list] : [...list, next].slice(-kKept));

const ofName = (sample: Sample, name: string) => sample.readings.filter((each) => each.name === name);
const total = (sample: Sample, name: string) => ofName(sample, name).reduce((sum, each) => sum + (each.value ?? 0), 0);

// Per second; null at a gap, and where the process has begun anew.
export function rate(before: Sample, now: Sample, name: string): number | null {
  const seconds = (now.at - before.at) / 1000;
  const grown = total(now, name) - total(before, name);
  return seconds <= 0 || grown < 0 ? null : grown / seconds;
}

// Of all labels together, the counts below each bound.
function bucketsOf(sample: Sample, name: string): Map<number, number> {
  const out = new Map<number, number>();
  for (const reading of ofName(sample, name)) for (const each of (reading.buckets ?? []) as Bucket[]) out.set(each.le, (out.get(each.le) ?? 0) + each.count);
  return out;
}

// Milliseconds below which that share of what happened in between lies, as near as the bounds tell; null: nothing happened.
export function quantileMs(before: Sample, now: Sample, name: string, share: number): number | null {
  const was = bucketsOf(before, name);
  const list = [...bucketsOf(now, name)].sort(([a], [b]) => a - b).map(([le, count]) => ({ le, count: count - (was.get(le) ?? 0) }));
  const all = list.at(-1)?.count ?? 0;
  if (all <= 0) return null;
  let below = { le: 0, count: 0 };
  for (const each of list) {
    if (each.count >= all * share) {
      const part = each.count === below.count ? 1 : (all * share - below.count) / (each.count - below.count);
      return (Number.isFinite(each.le) ? below.le + (each.le - below.le) * part : below.le) * 1000;
    }
    below = each;
  }
  return below.le * 1000;
}

export const steps = <T>(list: readonly Sample[], value: (before: Sample, now: Sample) => T): T[] => list.slice(1).map((now, at) => value(list[at]!, now));
