import { expect, test } from 'vitest';
import { ApiError } from '@/api/http';
import { elementsOf, exportAll, nextPath } from './exporting';
import { importAll, portionOf, type Send } from './importing';
import { readTickets } from './read';

const ticket = (subject: string) => ({ subject, requester: { email: 'a@b.example' }, description: 'x' });

test('tickets are found in a page, a list, one document and lines', () => {
  expect(readTickets(JSON.stringify({ tickets: [ticket('a'), ticket('b')] })).tickets.map((each) => each.line)).toEqual([1, 2]);
  expect(readTickets(JSON.stringify([{ ticket: ticket('a') }])).tickets).toHaveLength(1);
  const lines = readTickets(`\uFEFF${JSON.stringify(ticket('a'))}\r\n\nnonsense\n${JSON.stringify({ ticket: { ...ticket('b'), comments: [{}, {}] } })}\n{"subject":"c"}\n{"requester_id":12345678901234567,"subject":"d"}\n`);
  expect(lines.tickets.map((each) => each.line)).toEqual([1, 4]);
  expect(lines.comments).toBe(3);
  expect(lines.unread).toEqual([{ line: 3, trouble: 'no_json' }, { line: 5, trouble: 'no_requester' }, { line: 6, trouble: 'no_text' }]);
  expect(readTickets('[1, {"a": 2}]').unread.map((each) => each.trouble)).toEqual(['no_ticket', 'no_ticket']);
  expect(readTickets('  ')).toEqual({ tickets: [], unread: [], comments: 0 });
});

const wanted = (count: number) => Array.from({ length: count }, (_, at) => ({ line: at + 1, ticket: ticket(`t${at}`) }));
const means = (send: Send, stop = () => false) => ({ send, wait: async () => {}, isStopped: stop, told: () => {} });
const taken: Send = async (list) => list.map((_, index) => ({ index, id: index + 1, success: true }));

test('portions are bounded in number and size', () => {
  expect(portionOf(wanted(250))).toHaveLength(100);
  expect(portionOf([{ line: 1, ticket: { description: 'x'.repeat(900_000) } }, ...wanted(1)])).toHaveLength(1);
});
test('what is refused is left out with its line, the others go on', async () => {
  const keys = new Set<string>();
  let sent = 0;
  const outcome = await importAll(wanted(150), means(async (list, key) => {
    sent += 1;
    keys.add(key);
    const bad = list.findIndex((each) => each.subject === 't3');
    if (bad >= 0) throw new ApiError(422, { details: { [`tickets.${bad}.requester_id`]: [{ error: 'BlankValue', description: 'cannot be blank' }] } });
    return list.map((_, index) => (index === 0 ? { index, success: false, error: 'RecordInvalid', details: 'status: odd' } : { index, id: 9, success: true }));
  }));
  expect(outcome.refused.map((each) => each.line)).toEqual([4, 1, 102]);
  expect(outcome.done).toBe(147);
  expect([sent, keys.size, outcome.left.length]).toEqual([3, 3, 0]);
});
test('a busy server is asked again with the same key; what is too large is halved', async () => {
  const keys: string[] = [];
  let tries = 0;
  const outcome = await importAll(wanted(4), means(async (list, key) => {
    keys.push(key);
    tries += 1;
    if (tries === 1) throw new ApiError(429, {}, 1);
    if (list.length > 2) throw new ApiError(413);
    return taken(list, key);
  }));
  expect(outcome.done).toBe(4);
  expect(keys[0]).toBe(keys[1]);
  expect(new Set(keys).size).toBe(keys.length - 1);
});
test('it stops between two portions, and tells what is left when the server fails', async () => {
  let sent = 0;
  const stopped = await importAll(wanted(250), means(async (list, key) => { sent += 1; return taken(list, key); }, () => sent > 0));
  expect([stopped.done, stopped.left.length]).toEqual([100, 150]);
  const failed = await importAll(wanted(2), means(async () => { throw new ApiError(403); }));
  expect([failed.left.length, (failed.trouble as ApiError).status]).toEqual([2, 403]);
});

test('objects of a page stay as they were written', () => {
  const page = '{"tickets":[{"id":12345678901234567,"a":"]}\\"tickets\\":["},{"b":[{"c":1}]}],"after_cursor":"9","after_url":"\\/api\\/v2\\/incremental/tickets/cursor?cursor=9","end_of_stream":false}';
  expect(elementsOf(page, 'tickets')).toEqual(['{"id":12345678901234567,"a":"]}\\"tickets\\":["}', '{"b":[{"c":1}]}']);
  expect(nextPath('tickets', page)).toBe('/api/v2/incremental/tickets/cursor?cursor=9');
  expect(elementsOf('{"count":0,"users":[]}', 'users')).toEqual([]);
});
test('an export goes on to the end of the stream', async () => {
  const pages = ['{"users":[{"id":1}],"after_url":"/b","end_of_stream":false}', '{"users":[{"id":2}],"after_url":"/c","end_of_stream":true}'];
  const asked: string[] = [];
  const out = await exportAll('users', 0, { read: async (path) => { asked.push(path); return pages[asked.length - 1]!; }, wait: async () => {}, isStopped: () => false, told: () => {} });
  expect([out.parts.join(''), out.count, out.isWhole]).toEqual(['{"id":1}\n{"id":2}\n', 2, true]);
  expect(asked).toEqual(['/api/v2/incremental/users/cursor?start_time=0', '/b']);
});
