// A week of working hours: the API counts minutes since Sunday 00:00, people have days with times.
export interface Interval { start_time: number; end_time: number }
export interface Span { from: string; to: string } // "09:00"; as an end, "00:00" is the end of the day
const kDay = 1440;
export const kDays = [1, 2, 3, 4, 5, 6, 0]; // as they are shown: Monday first

const two = (value: number) => String(value).padStart(2, '0');
export const clock = (minute: number) => `${two(Math.floor((minute % kDay) / 60))}:${two(minute % 60)}`;
export function minuteOf(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text);
  return found && Number(found[1]) < 24 && Number(found[2]) < 60 ? Number(found[1]) * 60 + Number(found[2]) : null;
}

// By day from Sunday; what goes on over midnight is two spans.
export function daysOf(intervals: readonly Interval[]): Span[][] {
  const days: Span[][] = Array.from({ length: 7 }, () => []);
  for (const { start_time, end_time } of intervals) {
    for (let day = Math.floor(start_time / kDay); day < 7 && day * kDay < end_time; day += 1) {
      days[day]!.push({ from: clock(Math.max(start_time - day * kDay, 0)), to: clock(Math.min(end_time - day * kDay, kDay)) });
    }
  }
  return days;
}

const endOf = (span: Span) => { const end = minuteOf(span.to); return end === 0 ? kDay : end; };

// The same place for both: "day span".
export function wrongSpans(days: Span[][]): Set<string> {
  const wrong = new Set<string>();
  days.forEach((spans, day) => {
    const timed = spans.map((each, at) => ({ at, from: minuteOf(each.from), to: endOf(each) }));
    for (const each of timed) {
      const isOver = timed.some((other) => other.at !== each.at && other.from !== null && other.to !== null && each.from !== null && each.to !== null && other.from < each.to && each.from < other.to);
      if (each.from === null || each.to === null || each.from >= each.to || isOver) wrong.add(`${day} ${each.at}`);
    }
  });
  return wrong;
}

// What touches is one.
export function intervalsOf(days: Span[][]): Interval[] {
  const list = days.flatMap((spans, day) => spans.flatMap((each) => {
    const from = minuteOf(each.from);
    const to = endOf(each);
    return from === null || to === null || from >= to ? [] : [{ start_time: day * kDay + from, end_time: day * kDay + to }];
  })).sort((a, b) => a.start_time - b.start_time);
  const out: Interval[] = [];
  for (const each of list) {
    const last = out.at(-1);
    if (last && last.end_time === each.start_time) last.end_time = each.end_time;
    else out.push({ ...each });
  }
  return out;
}

export const hoursOf = (intervals: readonly Interval[]) => Math.round(intervals.reduce((sum, each) => sum + each.end_time - each.start_time, 0) / 6) / 10;
