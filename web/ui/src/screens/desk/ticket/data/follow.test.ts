import { QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { queries } from '@/app/session';
import { heard } from './follow';
import { commentsKey, prefetchTicket, ticketKey } from './queries';

const asked: string[] = [];
let gate: Promise<void> = Promise.resolve();
const comment = (id: number) => ({ id, body: `text ${id}` });
let comments = [comment(1)];

beforeEach(() => {
  asked.length = 0;
  comments = [comment(1)];
  gate = Promise.resolve();
  vi.stubGlobal('fetch', async (address: string) => {
    asked.push(address);
    const now = [...comments]; // as the server has it when it is asked
    const mine = gate;
    await mine;
    const after = Number(/page%5Bafter%5D=(\d+)/.exec(address)?.[1] ?? 0);
    const body = /\/comments/.test(address) ? { comments: now.filter((each) => each.id > after), links: { next: null } } : /\/events/.test(address) ? { events: [], links: { next: null } } : { ticket: { id: 7, subject: `version ${now.length}` } };
    return new Response(JSON.stringify(body));
  });
});
afterEach(() => { queries.clear(); vi.unstubAllGlobals(); });

const until = (isSo: () => boolean) => vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 3000 });
const bodies = () => (queries.getQueryData<{ body: string }[]>(commentsKey(7)) ?? []).map((each) => each.body);

test('a comment that comes while the conversation is being read is not lost', async () => {
  let open = () => {};
  gate = new Promise((resolve) => { open = resolve; });
  prefetchTicket(7);
  const stop = new QueryObserver(queries, { queryKey: commentsKey(7), enabled: false }).subscribe(() => {}); // it is shown
  await until(() => asked.length === 3);
  comments = [comment(1), comment(2)];
  heard({ changes: [{ kind: 'comment.created', object: 7 }] });
  await new Promise((resolve) => { setTimeout(resolve, 200); });
  gate = Promise.resolve();
  open(); // the answer is of before
  await until(() => bodies().join() === 'text 1,text 2');
  stop();
});

test('what was read ahead and has changed since is read again when somebody comes to it', async () => {
  prefetchTicket(7);
  await until(() => bodies().length === 1);
  comments = [comment(1), comment(2)];
  heard({ changes: [{ kind: 'comment.created', object: 7 }] });
  await until(() => queries.getQueryState(ticketKey(7))?.isInvalidated === true && queries.getQueryState(commentsKey(7))?.isInvalidated === true);
  expect(asked.length).toBe(3);
});

test('an answer on its way that nobody looks at does not make old what is new', async () => {
  let open = () => {};
  gate = new Promise((resolve) => { open = resolve; });
  prefetchTicket(7);
  await until(() => asked.length === 3);
  heard({ changes: [{ kind: 'ticket.changed', object: '7' }] });
  await new Promise((resolve) => { setTimeout(resolve, 200); });
  open();
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  expect(queries.getQueryData(ticketKey(7))).toBeUndefined();
});
