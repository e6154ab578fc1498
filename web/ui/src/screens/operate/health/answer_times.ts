// How quickly the API answered this browser since the page was loaded: its own record of requests, no request of ours.
import { useEffect, useState } from 'react';

export interface AnswerTimes { count: number; median: number; p95: number; slowest: number; failed: number }

export function summed(entries: { duration: number; status: number }[]): AnswerTimes | null {
  if (entries.length === 0) return null;
  const sorted = entries.map((each) => each.duration).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { count: entries.length, median: at(0.5), p95: at(0.95), slowest: sorted.at(-1)!, failed: entries.filter((each) => each.status >= 500 || each.status === 0).length };
}

const isAnswer = (entry: PerformanceEntry) => entry.name.includes('/api/v2/') && !/\/changes(\/|\?|$)/.test(entry.name); // those wait on purpose
const read = () => summed((performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(isAnswer).map((each) => ({ duration: each.duration, status: each.responseStatus ?? 200 })));

export function useAnswerTimes(): AnswerTimes | null {
  const [times, setTimes] = useState(read);
  useEffect(() => {
    if (typeof PerformanceObserver === 'undefined') return;
    const observer = new PerformanceObserver(() => setTimes(read()));
    observer.observe({ type: 'resource' });
    return () => observer.disconnect();
  }, []);
  return times;
}
