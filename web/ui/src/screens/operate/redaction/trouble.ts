// Why a change of rules was refused: another version in force (409, 412, 428), or lines that are wrong (422).
import { ApiError } from '@/api/http';
import type { Difference, RuleProblem } from '../api';

export interface InTheWay { version: number; differences: Difference[] }

// Somebody else has changed the rules; not every answer says which version is in force now.
export const isOutdated = (problem: unknown) => problem instanceof ApiError && [409, 412, 428].includes(problem.status);

export function inTheWay(problem: unknown): InTheWay | null {
  if (!(problem instanceof ApiError) || !isOutdated(problem) || typeof problem.problem.in_force !== 'number') return null;
  return { version: problem.problem.in_force, differences: (problem.problem.differences as Difference[] | undefined) ?? [] };
}

export function lineProblems(problem: unknown): RuleProblem[] | null {
  if (!(problem instanceof ApiError) || problem.status !== 422) return null;
  const found = problem.problem.details?.document as RuleProblem[] | undefined;
  return found?.length ? found : null;
}
