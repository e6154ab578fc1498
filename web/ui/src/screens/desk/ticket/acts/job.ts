// Waiting for work that the server does in steps, and undoing it.
import { get, post } from '@/api/http';
import { itemWords } from '@/api/said';
import { failure, notice } from '@/app/notices';
import { queries } from '@/app/session';
import type { Words } from '@/i18n';

export interface Job { id: string; status: string; message: string | null; undo_url: string | null; results: { success?: boolean; error?: string; details?: string }[] | null }
const kTries = 60;
const kPauseMs = 400;

export async function finished(job: Job): Promise<Job> {
  let now = job;
  for (let at = 0; at < kTries && (now.status === 'queued' || now.status === 'working'); at += 1) {
    await new Promise((resolve) => { setTimeout(resolve, kPauseMs); });
    now = (await get(`/api/v2/job_statuses/${job.id}`)).job_status;
  }
  const failed = now.results?.find((each) => each.error);
  if (failed && !now.results?.some((each) => each.success)) throw new Error(itemWords(failed.error, failed.details));
  return now;
}

// A notice with the way back, where there is one.
export function told(words: string, undoUrl: string | null, t: Words) {
  const undo = undoUrl ? async () => {
    try {
      const { job_status } = await post<{ job_status: Job }>(undoUrl);
      await finished(job_status);
      notice(t('undone'));
    } catch (problem) { failure(problem); }
    void queries.invalidateQueries({ queryKey: ['ticket'] });
  } : undefined;
  notice(words, { undo: undo && (() => void undo()), ms: undo ? 15_000 : 5_000 });
}
