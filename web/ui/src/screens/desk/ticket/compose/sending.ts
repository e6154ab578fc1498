// Sending what was written, and taking it back while it is held.
import { useSyncExternalStore } from 'react';
import { ApiError, get, post, wordsOf, type Id } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { queries, whenForgotten } from '@/app/session';
import type { Words } from '@/i18n';
import { keepTicket, refreshComments } from '../data/queries';
import { saveTicket, type Decide } from '../data/save';
import type { Comment, Ticket, TicketAnswer, TicketChange } from '@/screens/desk/types';
import { beginSending, changeFile, draftOf, restoreDraft, sendingFailed, sentDraft, type Draft, type ServerDraft } from './draftStore';
import { htmlOf, readableOf } from './html';
import { upload } from './uploads';

export interface Held { ticket: string; comment: Comment; until: number; draft: Draft }

let held: Held[] = [];
const watchers = new Set<() => void>();
const setHeld = (next: Held[]) => { held = next; for (const watcher of watchers) watcher(); };
whenForgotten.add(() => setHeld([]));

// One key until it was sent: pressing the button again after a lost answer sends nothing twice.
const attempts = new Map<string, { text: string; key: string; etag: string | null }>();

export function useHeld(): Held[] {
  const follow = (told: () => void) => { watchers.add(told); return () => { watchers.delete(told); }; };
  return useSyncExternalStore(follow, () => held, () => held);
}

export const dropHeld = (comment: Id) => setHeld(held.filter((each) => String(each.comment.id) !== String(comment)));

export const holdQuery = { queryKey: ['reply_hold'], staleTime: 5 * 60_000, queryFn: async () => (await get('/api/v2/reply_hold')).reply_hold.seconds };
// Asked anew for each reply: a promise to take it back must be true, wherever the time was changed.
const holdSeconds = () => queries.fetchQuery({ ...holdQuery, staleTime: 0 }).catch(() => 0);

export async function uploadFile(id: Id, key: string) {
  const item = draftOf(id).files.find((each) => each.key === key);
  if (!item) return;
  changeFile(id, key, { problem: null, done: 0, token: null });
  try {
    const done = await upload(item, (part) => changeFile(id, key, { done: part }));
    changeFile(id, key, { token: done.token, done: 1, name: done.attachment.file_name, size: done.attachment.size });
  } catch (problem) {
    changeFile(id, key, { problem: wordsOf(problem) });
  }
}

export function changeOf(draft: Draft, then: string): TicketChange {
  const html_body = draft.isPlain ? null : htmlOf(draft.text);
  const change: TicketChange = { ...draft.staged, comment: { body: readableOf(draft.text), ...(html_body ? { html_body } : {}), public: draft.isPublic, ...(draft.files.length > 0 ? { uploads: draft.files.map((each) => each.token) } : {}) } };
  if (then) {
    change.status = then;
    delete change.custom_status_id;
  }
  if (draft.macros.length > 0) change.macro_ids = draft.macros.map((each) => each.id);
  if (!draft.isPublic && draft.mentions.length > 0) change.followers = draft.mentions.map((each) => ({ user_id: each, action: 'put' }));
  return change;
}

function attemptOf(id: string, change: TicketChange, etag: string | null) {
  const text = JSON.stringify(change);
  const known = attempts.get(id);
  if (known?.text === text) return known;
  // A comment alone waits for nobody; what is set with it must not undo a colleague's change unseen.
  const sets = Object.keys(change).some((each) => !['comment', 'macro_ids', 'followers'].includes(each));
  const next = { text, key: crypto.randomUUID(), etag: sets ? etag : null };
  attempts.set(id, next);
  return next;
}

const isAboutFiles = (problem: unknown) => problem instanceof ApiError && problem.status === 422 && problem.about('uploads') !== undefined;

// Resolves to whether it was sent. What goes wrong is told in the composer, and nothing of it is lost.
export async function send(answer: TicketAnswer, then: string, decide: Decide, t: Words, isAgain = false): Promise<boolean> {
  const { ticket, etag } = answer;
  const id = String(ticket.id);
  const draft = draftOf(id);
  if (draft.isSending && !isAgain) return false;
  await beginSending(id);
  const snapshot = draftOf(id);
  const attempt = attemptOf(id, changeOf(snapshot, then), etag);
  try {
    const done = await saveTicket(ticket, attempt.etag, changeOf(snapshot, then), decide, attempt.key);
    attempts.delete(id);
    sentDraft(id, snapshot);
    void queries.invalidateQueries({ queryKey: ['ticket', id, 'events'] });
    void refreshComments(id, []).catch(() => {});
    if (done?.comment) await hold(done.comment, snapshot);
    return true;
  } catch (problem) {
    if (isAboutFiles(problem) && !isAgain && snapshot.files.length > 0) { // the server has let go of them: once more
      await Promise.all(snapshot.files.map((each) => uploadFile(id, each.key)));
      if (draftOf(id).files.every((each) => each.token)) return send(answer, then, decide, t, true);
    }
    sendingFailed(id, problem instanceof ApiError && problem.status === 0 ? t('send_offline') : wordsOf(problem));
    return false;
  }
}

async function hold(comment: Comment, draft: Draft) {
  if (!comment.public || comment.delivery !== 'queued') return;
  const seconds = await holdSeconds();
  if (seconds > 0) setHeld([...held, { ticket: currentTicket(comment), comment, until: Date.now() + seconds * 1000, draft }]);
}

// "/api/v2/tickets/12/comments/…": a comment says where it is.
const currentTicket = (comment: Comment) => /\/tickets\/(\d+)\//.exec(comment.text_url)?.[1] ?? '';

interface Unsent { draft: ServerDraft; ticket: Ticket; attachments_removed: number }

export async function takeBack(each: Held, t: Words): Promise<boolean> {
  dropHeld(each.comment.id);
  try {
    const back = await post<Unsent>(`/api/v2/tickets/${each.ticket}/comments/${each.comment.id}/unsend`);
    restoreDraft(each.ticket, back.draft, each.draft);
    for (const file of each.draft.files) void uploadFile(each.ticket, file.key);
    keepTicket(each.ticket, { ticket: back.ticket, etag: null });
    void queries.invalidateQueries({ queryKey: ['ticket', each.ticket] });
    void refreshComments(each.ticket, [each.comment.id]).catch(() => {});
    notice(t('taken_back'));
    return true;
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 409) notice(t('too_late'), { kind: 'failed' });
    else failure(problem);
    return false;
  }
}
