import { beforeEach, expect, test, vi } from 'vitest';
import type { Look } from './find_message';

const asked: string[] = [];
vi.mock('./api', () => ({
  ticketsOfTime: async (_: unknown, page: number) => ({ results: page === 1 ? [{ id: 3 }, { id: 2 }] : [{ id: 1 }], next_page: page === 1 ? 'more' : null, count: 3 }),
  commentsPage: async (ticket: number, after: string) => {
    asked.push(`${ticket}${after}`);
    if (ticket === 2 && !after) return { comments: [{ message_id: 'other@x' }], meta: { has_more: true, after_cursor: '+' } };
    return { comments: [{ message_id: ticket === 2 ? '<Lost-1@X>' : 'none@x' }], meta: { has_more: false, after_cursor: null } };
  },
}));
const { findMessage } = await import('./find_message');

beforeEach(() => { asked.length = 0; });
const looks = async (id: string) => { const all: Look[] = []; for await (const each of findMessage(id, { from: '', to: '' }, new AbortController().signal)) all.push(each); return all; };

test('a Message-ID is found on a later page of a ticket, and no more tickets are asked', async () => {
  const all = await looks('lost-1@x');
  expect(all.at(-1)).toMatchObject({ found: { ticket: { id: 2 } }, looked: 2, isEnd: true });
  expect(asked).toEqual(['3', '2', '2+']);
});
test('every ticket is looked through before it is said to be missing', async () => {
  const all = await looks('<missing@x>');
  expect(all.at(-1)).toEqual({ found: null, looked: 3, total: 3, isEnd: true });
});
