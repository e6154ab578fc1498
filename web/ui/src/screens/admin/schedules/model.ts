// A schedule as the API shows it and as its editor holds it.
import type { Schema } from '@/api/schema';
import { daysOf, intervalsOf, type Span } from './week';

export const kPath = '/api/v2/business_hours/schedules';
export type Schedule = Schema<'Schedule'>;
export type Holiday = Schema<'Holiday'>;
export interface ScheduleDraft { name: string; time_zone: string; active: boolean; group_ids: string[]; days: Span[][] }

const kOffice = [1, 2, 3, 4, 5].map((day) => ({ start_time: day * 1440 + 540, end_time: day * 1440 + 1020 }));

export const draftOf = (schedule: Schedule | null): ScheduleDraft => ({
  name: schedule?.name ?? '', time_zone: schedule?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone, active: schedule?.active ?? true,
  group_ids: (schedule?.group_ids ?? []).map(String), days: daysOf(schedule?.intervals ?? kOffice),
});

export function bodyOf({ days, ...rest }: Partial<ScheduleDraft>): Record<string, unknown> {
  return { ...rest, ...(days ? { intervals: intervalsOf(days) } : {}) };
}

export const zones = (): string[] => (typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : []);
