// Changes of many tickets: jobs of up to a hundred each, one after the other, with one way back for all. They go on while the
// agent works elsewhere in the page.
import { useSyncExternalStore } from 'react';
import { del, get, post, put } from '@/api/http';
import type { Schema } from '@/api/schema';
import { patient } from './feed';

export type JobResult = Pick<Schema<'JobResult'>, 'id' | 'success'> & { error?: string; details?: string };
export type Job = Pick<Schema<'JobStatus'>, 'id' | 'status' | 'total' | 'progress' | 'message' | 'undo_url' | 'created_at' | 'ended_at'> & { job_type: string; results: JobResult[] | null };
interface JobAnswer { job_status: Job }

export interface Run {
  title: string;
  total: number; // 0 while they are still being counted
  counted: number;
  done: number;
  failed: JobResult[];
  isOver: boolean;
  isStopping: boolean;
  undo: string[];
}

export type Start = (ids: string[]) => Promise<Job>; // one job of at most kAtOnce tickets

const kAtOnce = 100;
const kPollMs = 250;
let run: Run | null = null;
const watchers = new Set<() => void>();
const set = (next: Run | null) => { run = next; for (const watcher of watchers) watcher(); };
const change = (more: Partial<Run>) => { if (run) set({ ...run, ...more }); };

export const stopRun = () => change({ isStopping: true });
export const closeRun = () => set(null);
export function useRun(): Run | null {
  const follow = (told: () => void) => { watchers.add(told); return () => { watchers.delete(told); }; };
  return useSyncExternalStore(follow, () => run, () => null);
}

const isOver = (job: Job) => job.status !== 'queued' && job.status !== 'working';

async function finished(first: Job, told: (job: Job) => void): Promise<Job> {
  let job = first;
  while (!isOver(job)) {
    told(job);
    if (run?.isStopping) await del(`/api/v2/job_statuses/${job.id}`).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, kPollMs));
    job = (await patient(() => get(`/api/v2/job_statuses/${job.id}`))).job_status;
  }
  return job;
}

export interface Done { done: number; failed: JobResult[]; undo: string[]; isStopped: boolean }

// `ids` may still have to be collected; only one run at a time.
export async function runBulk(title: string, ids: string[] | ((told: (count: number) => void, signal: AbortSignal) => Promise<string[]>), start: Start): Promise<Done> {
  if (run && !run.isOver) throw new Error('busy');
  set({ title, total: Array.isArray(ids) ? ids.length : 0, counted: 0, done: 0, failed: [], isOver: false, isStopping: false, undo: [] });
  const out: Done = { done: 0, failed: [], undo: [], isStopped: false };
  const stop = new AbortController();
  try {
    const all = Array.isArray(ids) ? ids : await ids((counted) => { if (run?.isStopping) stop.abort(); change({ counted }); }, stop.signal);
    change({ total: all.length });
    for (let at = 0; at < all.length && !run?.isStopping; at += kAtOnce) {
      const before = out.done + out.failed.length;
      const first = await patient(() => start(all.slice(at, at + kAtOnce)));
      const job = await finished(first, (now) => change({ done: before + now.progress }));
      const results = job.results ?? [];
      out.failed.push(...results.filter((each) => !each.success));
      out.done += results.filter((each) => each.success).length;
      if (job.undo_url) out.undo.push(job.undo_url);
      change({ done: out.done + out.failed.length, failed: out.failed, undo: out.undo });
      if (job.status === 'failed' && job.message) throw new Error(job.message);
    }
    out.isStopped = run?.isStopping ?? false;
    return out;
  } catch (problem) {
    if (stop.signal.aborted) return { ...out, isStopped: true };
    throw problem;
  } finally {
    set(null);
  }
}

// Takes jobs back, the last one first.
export async function undoAll(title: string, urls: string[]): Promise<Done> {
  const order = [...urls].reverse();
  const out: Done = { done: 0, failed: [], undo: [], isStopped: false };
  set({ title, total: order.length, counted: 0, done: 0, failed: [], isOver: false, isStopping: false, undo: [] });
  try {
    for (const [at, url] of order.entries()) {
      const first = (await patient(() => post<JobAnswer>(url))).job_status;
      const job = await finished(first, () => {});
      for (const each of job.results ?? []) {
        if (each.success) out.done += 1;
        else out.failed.push(each);
      }
      change({ done: at + 1 });
    }
    return out;
  } finally {
    set(null);
  }
}

const idList = (ids: string[]) => `?ids=${ids.join(',')}`;
export const updateMany = (change: Record<string, unknown>): Start => async (ids) => (await put<JobAnswer>(`/api/v2/tickets/update_many${idList(ids)}`, { ticket: change })).job_status;
export const deleteMany: Start = async (ids) => (await del<JobAnswer>(`/api/v2/tickets/destroy_many${idList(ids)}`)).job_status;
export const spamMany: Start = async (ids) => (await put<JobAnswer>(`/api/v2/tickets/mark_many_as_spam${idList(ids)}`)).job_status;
export const mergeInto = (target: string, comment: string): Start => async (ids) =>
  (await post(`/api/v2/tickets/${target}/merge`, { ids, ...(comment ? { target_comment: comment } : {}) })).job_status;
export const restoreMany: Start = async (ids) => (await put<JobAnswer>(`/api/v2/deleted_tickets/restore_many${idList(ids)}`)).job_status;
export const eraseMany: Start = async (ids) => (await del<JobAnswer>(`/api/v2/deleted_tickets/destroy_many${idList(ids)}`)).job_status;
