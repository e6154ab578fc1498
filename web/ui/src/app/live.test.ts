import { afterEach, beforeEach, expect, test, vi } from 'vitest';

class Stream {
  static readonly CLOSED = 2;
  static all: Stream[] = [];
  readyState = 1;
  private heard = new Map<string, (event: unknown) => void>();
  constructor(readonly url: string) { Stream.all.push(this); }
  addEventListener(name: string, told: (event: unknown) => void) { this.heard.set(name, told); }
  close() { this.readyState = Stream.CLOSED; }
  say(name: string, data: unknown = {}, lastEventId = '') { this.heard.get(name)?.({ data: JSON.stringify(data), lastEventId }); }
}

let live: typeof import('./live');
let queries: typeof import('./session').queries;
beforeEach(async () => {
  Stream.all = [];
  vi.stubGlobal('EventSource', Stream);
  vi.resetModules();
  live = await import('./live');
  ({ queries } = await import('./session'));
});
afterEach(() => { live.stopLive(); vi.unstubAllGlobals(); });

test('a stream that begins before anything is read lets nothing be read twice', () => {
  const told: boolean[] = [];
  live.onEntry((entry) => told.push(entry.isResync === true));
  live.startLiveEarly();
  Stream.all[0]!.say('hello', {}, '7');
  live.startLive();
  expect(Stream.all).toHaveLength(1);
  expect(told).toEqual([]);
  Stream.all[0]!.say('change', { changes: [] }, '8');
  expect(told).toEqual([false]);
});

test('a stream that begins later has everything read again that was read before it', () => {
  const told: boolean[] = [];
  live.onEntry((entry) => told.push(entry.isResync === true));
  queries.setQueryData(['views'], []);
  live.startLive();
  Stream.all[0]!.say('hello', {}, '7');
  expect(told).toEqual([true]);
  expect(queries.getQueryState(['views'])?.isInvalidated).toBe(true);
});

test('an early stream that is refused is silent, and opened again when somebody is signed in', () => {
  live.startLiveEarly();
  Stream.all[0]!.close();
  Stream.all[0]!.say('error');
  expect(Stream.all).toHaveLength(1);
  live.startLive();
  expect(Stream.all).toHaveLength(2);
});

test('an entry is about the tickets that lists show otherwise, not about mail that goes its way', () => {
  const of = (...kinds: string[]) => live.ticketsOf({ changes: kinds.map((kind, at) => ({ kind, object: at + 1 })) });
  expect(of('ticket.created', 'comment.created', 'outbox.queued', 'comment.delivery')).toEqual(['1', '2']);
});
