// What was promised about a ticket's times and how it stands, as `include=slas` tells it (docs/service-levels.md): which of several counts
// now, and what is said of it.
export type Stage = 'active' | 'paused' | 'achieved';
export interface Promised {
  metric: string;
  stage: Stage;
  breach_at: string | null; // while it runs: when its time is over, on the wall clock, working hours being counted already
  minutes: number; // left; below zero: over
  target_in_minutes: number;
  business_hours: boolean;
  breached_at: string | null;
}
export interface Slas { policy_metrics: Promised[]; sla_policy_id?: number | string | null }

export type Standing = 'late' | 'soon' | 'running' | 'paused' | 'met' | 'missed';
const kSoonMs = 60 * 60_000;
const kSoonPart = 0.25; // of the target

const leftMs = (each: Promised, now: number) => (each.breach_at ? Date.parse(each.breach_at) - now : each.minutes * 60_000);

export function standingOf(each: Promised, now: number): Standing {
  if (each.stage === 'achieved') return each.breached_at ? 'missed' : 'met';
  const left = leftMs(each, now);
  if (left < 0) return 'late';
  if (each.stage === 'paused') return 'paused';
  return left < Math.min(kSoonMs, each.target_in_minutes * 60_000 * kSoonPart) ? 'soon' : 'running';
}

// Whole minutes, without a sign; what is below one is one: "in 0 min" says nothing.
export const minutesOf = (each: Promised, now: number) => Math.max(1, Math.round(Math.abs(leftMs(each, now)) / 60_000));

// What counts next: what runs, the earliest first; then what waits. Null: nothing is promised, or all of it is done.
export function nextOf(slas: Slas | null | undefined): Promised | null {
  const open = (slas?.policy_metrics ?? []).filter((each) => each.stage !== 'achieved');
  const running = open.filter((each) => each.stage === 'active' && each.breach_at).sort((a, b) => Date.parse(a.breach_at!) - Date.parse(b.breach_at!));
  return running[0] ?? [...open].sort((a, b) => a.minutes - b.minutes)[0] ?? null;
}
