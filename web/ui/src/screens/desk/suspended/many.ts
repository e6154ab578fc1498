// Many held messages at once: a hundred a request; what the server could not do stays in the list and is counted.
import { ApiError, del, put } from '@/api/http';
import { patient } from '../list/feed';

const kAtOnce = 100;
interface ManyDone { done: number; failed: number }

// 422 names those that were refused; the others are done all the same. Gone already is as good as done.
export function refusedIn(problem: unknown): { id: string; error: string }[] | null {
  const list = problem instanceof ApiError && problem.status === 422 ? problem.problem.refused : undefined;
  return Array.isArray(list) ? (list as { id: string; error: string }[]) : null;
}

async function inParts(ids: string[], work: (part: string) => Promise<void>, told: (done: number) => void): Promise<ManyDone> {
  let failed = 0;
  let gone = 0;
  for (let at = 0; at < ids.length; at += kAtOnce) {
    const part = ids.slice(at, at + kAtOnce);
    try { await patient(() => work(part.join(','))); } catch (problem) {
      const refused = refusedIn(problem);
      if (!refused) throw problem;
      failed += refused.filter((each) => each.error !== 'RecordNotFound').length;
      gone += refused.filter((each) => each.error === 'RecordNotFound').length;
    }
    told(Math.min(ids.length, at + kAtOnce));
  }
  return { done: ids.length - failed - gone, failed };
}

export const recoverMany = (ids: string[], told: (done: number) => void) => inParts(ids, async (part) => { await put(`/api/v2/suspended_tickets/recover_many?ids=${part}`); }, told);
export const removeMany = (ids: string[], told: (done: number) => void) => inParts(ids, async (part) => { await del(`/api/v2/suspended_tickets/destroy_many?ids=${part}`); }, told);
