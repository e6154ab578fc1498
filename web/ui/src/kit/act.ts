// Something that a button does: busy while it lasts, told when it fails. A refused proof of who is there says itself.
import { useCallback, useState } from 'react';
import { ApiError } from '@/api/http';
import { failure, notice } from '@/app/notices';

export const isUnproved = (problem: unknown) => problem instanceof ApiError && problem.problem.type === 'urn:postern:problem:fresh-factor-required';
export const tell = (problem: unknown) => { if (!isUnproved(problem) && !(problem instanceof ApiError && problem.status === 401)) failure(problem); };

// `act(work, done)` resolves to whether it was done; `done` is said then.
export function useAct(): [isBusy: boolean, act: (work: () => Promise<unknown>, done?: string) => Promise<boolean>] {
  const [busy, setBusy] = useState(0);
  const act = useCallback(async (work: () => Promise<unknown>, done?: string) => {
    setBusy((was) => was + 1);
    try {
      await work();
      if (done) notice(done);
      return true;
    } catch (problem) {
      tell(problem);
      return false;
    } finally {
      setBusy((was) => was - 1);
    }
  }, []);
  return [busy > 0, act];
}
