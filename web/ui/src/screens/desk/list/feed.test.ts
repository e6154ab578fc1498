import { expect, test } from 'vitest';
import { Feed, type FeedPage, type Source } from './feed';
import type { Ticket } from '@/screens/desk/types';

// A server with tickets in the order of a number; cursors are numbers of that order, as keyset cursors are.
class Server {
  list: { id: number; rank: number }[] = [];
  asked: string[] = [];
  constructor(count: number) { for (let id = 1; id <= count; id += 1) this.list.push({ id, rank: id * 10 }); }
  source: Source = {
    key: 'test', load: async (after): Promise<FeedPage> => {
      this.asked.push(after);
      const rest = [...this.list].sort((a, b) => a.rank - b.rank).filter((each) => after === '' || each.rank > Number(after));
      const rows = rest.slice(0, 10);
      return { rows: rows.map((each) => ({ id: each.id }) as Ticket), after: rows.length ? String(rows.at(-1)!.rank) : '', hasMore: rest.length > 10, count: this.list.length };
    },
  };
}
const load = async (feed: Feed, pages: number) => { for (let at = 0; at < pages; at += 1) await feed.more(); };
const order = (server: Server) => [...server.list].sort((a, b) => a.rank - b.rank).map((each) => String(each.id));

test('pages join to one list without doubles, until the end', async () => {
  const server = new Server(25);
  const feed = new Feed(server.source);
  await load(feed, 5);
  expect(feed.ids()).toEqual(order(server));
  expect(feed.snapshot().hasMore).toBe(false);
  expect(server.asked).toHaveLength(3);
});

test('only what is seen is read again', async () => {
  const server = new Server(40);
  const feed = new Feed(server.source);
  await load(feed, 4);
  server.asked = [];
  feed.touch();
  await feed.revalidate(12, 15);
  expect(server.asked).toEqual(['100']);
});

test('tickets that come, go and move are where the server has them', async () => {
  const server = new Server(40);
  const feed = new Feed(server.source);
  await load(feed, 4);
  server.list = server.list.filter((each) => each.id !== 3); // left the view
  server.list.push({ id: 99, rank: 45 }); // came
  server.list.find((each) => each.id === 35)!.rank = 5; // moved to the top
  feed.touch();
  await feed.revalidate(0, 50);
  await load(feed, 2);
  expect(feed.ids()).toEqual(order(server));
});

test('a list that shrinks under one page shrinks here too', async () => {
  const server = new Server(30);
  const feed = new Feed(server.source);
  await load(feed, 3);
  server.list = server.list.slice(0, 4);
  feed.touch();
  await feed.revalidate(0, 29);
  expect(feed.ids()).toEqual(['1', '2', '3', '4']);
  expect(feed.snapshot().hasMore).toBe(false);
});

test('a first ticket appears in an empty list', async () => {
  const server = new Server(0);
  const feed = new Feed(server.source);
  await feed.more();
  expect(feed.snapshot().rows).toEqual([]);
  server.list.push({ id: 1, rank: 1 });
  feed.touch();
  await feed.revalidate(0, 0);
  expect(feed.ids()).toEqual(['1']);
});

test('many at once push the others on', async () => {
  const server = new Server(30);
  const feed = new Feed(server.source);
  await load(feed, 3);
  for (let id = 100; id < 125; id += 1) server.list.push({ id, rank: 15 + id / 1000 });
  feed.touch();
  await feed.revalidate(0, 5);
  expect(feed.ids().slice(0, 10)).toEqual(order(server).slice(0, 10)); // what is seen is right at once
  await feed.revalidate(0, 60);
  await load(feed, 5);
  expect(feed.ids()).toEqual(order(server));
});

test('a failed page is told and asked for again', async () => {
  const server = new Server(15);
  let fails = true;
  const feed = new Feed({ key: 'x', load: (after) => (fails ? Promise.reject(new Error('offline')) : server.source.load(after)) });
  await feed.more();
  expect(feed.snapshot().problem).toBeInstanceOf(Error);
  fails = false;
  await load(feed, 2);
  expect(feed.ids()).toHaveLength(15);
  expect(feed.snapshot().problem).toBeNull();
});

test('the whole list is read for "select all", not only what is loaded', async () => {
  const feed = new Feed(new Server(95).source);
  await feed.more();
  const told: number[] = [];
  expect(await feed.everyId((count) => told.push(count), new AbortController().signal)).toHaveLength(95);
  expect(told.at(-1)).toBe(95);
});

test('a live list under random changes ends as the server has it', async () => {
  let seed = 7;
  const random = (below: number) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % below; };
  for (let round = 0; round < 30; round += 1) {
    const server = new Server(60);
    const feed = new Feed(server.source);
    await load(feed, 6);
    for (let change = 0; change < 8; change += 1) {
      const what = random(3);
      const one = server.list[random(server.list.length)]!;
      if (what === 0) server.list = server.list.filter((each) => each !== one);
      else if (what === 1) one.rank = random(600) + (round * 8 + change + 1) / 1000; // no ties
      else server.list.push({ id: 1000 + round * 100 + change, rank: random(600) + (round * 8 + change + 1) / 1000 });
      feed.touch();
      const from = random(50);
      await feed.revalidate(from, from + 10);
    }
    feed.touch();
    await feed.revalidate(0, 100);
    for (let at = 0; at < 10 && feed.snapshot().hasMore; at += 1) await feed.more();
    const wanted = order(server);
    expect(new Set(feed.ids()), `round ${round}`).toEqual(new Set(wanted));
    expect(feed.ids(), `round ${round}`).toEqual(wanted);
  }
});

// A server whose answers wait to be let go: what happens while they are on their way is not in them.
class Slow extends Server {
  private waiting: (() => void)[] = [];
  readonly slow: Source = { key: 'slow', load: async (after) => {
    const page = await this.source.load(after);
    await new Promise<void>((resolve) => { this.waiting.push(resolve); });
    return page;
  } };
  async release() {
    await Promise.resolve();
    for (const each of this.waiting.splice(0)) each();
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  }
}

test('news that come while the first page is read are read as well', async () => {
  const server = new Slow(3);
  const feed = new Feed(server.slow);
  void feed.revalidate(0, 9);
  server.list.push({ id: 99, rank: 1 });
  feed.touch();
  void feed.revalidate(0, 9);
  for (let answer = 0; answer < 3; answer += 1) await server.release();
  expect(feed.ids()).toEqual(order(server));
});

test('news that come while a page is read again are read as well', async () => {
  const server = new Slow(3);
  const feed = new Feed(server.slow);
  void feed.revalidate(0, 9);
  await server.release();
  feed.touch();
  void feed.revalidate(0, 9);
  server.list.push({ id: 99, rank: 1 });
  feed.touch();
  void feed.revalidate(0, 9);
  for (let answer = 0; answer < 3; answer += 1) await server.release();
  expect(feed.ids()).toEqual(order(server));
});

test('a list of a hundred thousand: a page at a time, what is far away is slim, and read again when it is seen', async () => {
  const most = 100_000;
  const asked: string[] = [];
  const source: Source = { key: 'large', load: async (after) => {
    asked.push(after);
    const from = Number(after || 0);
    const rows = Array.from({ length: Math.min(100, most - from) }, (_, at) => ({ id: from + at + 1, subject: `ticket ${from + at + 1}`, description: 'x'.repeat(1000), tags: ['a'] }) as unknown as Ticket);
    return { rows, after: String(from + rows.length), hasMore: from + rows.length < most, count: most };
  } };
  const feed = new Feed(source);
  await feed.revalidate(0, 40);
  expect(await feed.toEnd(1000)).toBe(false); // the end of such a list is not read
  expect(asked).toHaveLength(1);
  for (let page = 0; page < 99; page += 1) { await feed.more(); await feed.revalidate(page * 100, page * 100 + 40); }
  const { rows } = feed.snapshot();
  expect(rows).toHaveLength(10_000);
  expect(rows.filter((each) => each.description !== '').length).toBeLessThanOrEqual(4500);
  expect(rows[0]).toMatchObject({ id: 1, subject: 'ticket 1', description: '', tags: ['a'] });
  asked.length = 0;
  await feed.revalidate(0, 40); // back at the top
  expect(asked).toEqual(['']);
  expect(feed.snapshot().rows[0]!.description).toHaveLength(1000);
  expect(feed.ids().slice(0, 3)).toEqual(['1', '2', '3']);
  expect(feed.ids()).toHaveLength(10_000);
});

test('End of a short list reads it to its end', async () => {
  const server = new Server(95);
  const feed = new Feed(server.source);
  await feed.more();
  expect(await feed.toEnd(1000)).toBe(true);
  expect(feed.ids()).toHaveLength(95);
  expect(server.asked).toHaveLength(10);
});

test('a page that is read again with the same tickets is put where it stands', async () => {
  const server = new Server(40);
  const feed = new Feed(server.source);
  await load(feed, 4);
  const before = feed.snapshot().rows;
  feed.touch();
  await feed.revalidate(12, 15);
  const after = feed.snapshot().rows;
  expect(feed.ids()).toEqual(order(server));
  expect(after[12]).not.toBe(before[12]); // what was read
  expect(after[35]).toBe(before[35]);
});
