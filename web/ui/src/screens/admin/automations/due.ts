// When an automation's time comes for a ticket: of the times that a ticket shows, plus the hours of the condition.
import type { Condition, Conditions } from '@/kit/conditions/types';
import { firstOf } from '@/kit/conditions/kinds';

export interface Timed { field: string; hours: number; column: string }

// Columns of a view that show the moment from which a condition counts. Of a status only "solved" has one.
const kColumns: Record<string, string> = { SOLVED: 'solved', created_at: 'created', updated_at: 'updated', assigned_at: 'assigned', requester_updated_at: 'updated_requester', assignee_updated_at: 'updated_assignee', due_date: 'due_date', until_due_date: 'due_date' };

function timedOf(condition: Condition): Timed | null {
  const column = kColumns[condition.field];
  const hours = Number(firstOf(condition.value));
  if (!column || !Number.isFinite(hours)) return null;
  if (condition.field === 'until_due_date') return condition.operator === 'less_than' || condition.operator === 'is' ? { field: condition.field, hours: -hours, column } : null;
  return condition.operator === 'greater_than' || condition.operator === 'is' ? { field: condition.field, hours, column } : null;
}

// The one condition that waits, and what else has to hold. With several nothing is foretold.
export function split(conditions: Conditions): { timed: Timed | null; others: Conditions } {
  const timed = conditions.all.map(timedOf).filter((each) => each !== null);
  if (timed.length !== 1) return { timed: null, others: conditions };
  return { timed: timed[0]!, others: { all: conditions.all.filter((each) => timedOf(each) === null), any: conditions.any } };
}

export function dueAt(row: Record<string, unknown>, timed: Timed): number | null {
  const from = row[timed.column];
  if (typeof from !== 'string') return null;
  const ms = Date.parse(from);
  return Number.isNaN(ms) ? null : ms + timed.hours * 3_600_000;
}
