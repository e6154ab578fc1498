// The time that graphs are about: some days until today, or two dates; kept in the address.
export interface Span { from: string; to: string }

const kDay = 86_400_000;
export const kDays = [7, 30, 90, 365] as const;
const isDate = (text: string | null): text is string => text !== null && /^\d{4}-\d\d-\d\d$/.test(text);
const isoDay = (at: number) => new Date(at).toISOString().slice(0, 10);

export const lastDays = (days: number, now = Date.now()): Span => ({ from: isoDay(now - (days - 1) * kDay), to: isoDay(now) });

export function spanOf(params: URLSearchParams, usual = 30, now = Date.now()): Span {
  const from = params.get('from');
  const to = params.get('to');
  if (isDate(from) && isDate(to) && from <= to) return { from, to };
  const days = Number(params.get('days'));
  return lastDays(kDays.some((each) => each === days) ? days : usual, now);
}

// Days without reports are days too: a gap in a graph would look like no time at all.
export function everyDay({ from, to }: Span): string[] {
  const out: string[] = [];
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`) && out.length < 400; at += kDay) out.push(isoDay(at));
  return out;
}
