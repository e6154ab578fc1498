import { expect, test } from 'vitest';
import { findRating, isGiven, ratedAt, type Rating } from './rating';

const rating = (ticket_id: number) => ({ id: ticket_id, ticket_id, score: 'good', comment: 'Thank you' }) as Rating;
const page = (list: Rating[], after: string | null = null) => ({ satisfaction_ratings: list, meta: { has_more: after !== null, after_cursor: after } });

test('the newest rating of the history counts; being asked is none', () => {
  const event = (kind: string, created_at: string) => ({ id: 1, author_id: null, kind, detail: '', created_at });
  expect(ratedAt([event('satisfaction', '2026-11-20T10:00:00Z'), event('comment', '2026-11-21T10:00:00Z'), event('satisfaction', '2026-11-22T10:00:00Z')])).toBe('2026-11-22T10:00:00Z');
  expect(ratedAt([event('comment', '2026-11-21T10:00:00Z')])).toBeNull();
  expect(['good', 'bad', 'offered', 'unoffered', undefined].map(isGiven)).toEqual([true, true, false, false, false]);
});
test('one question is enough where the rating is of that moment', async () => {
  const asked: string[] = [];
  const found = await findRating('12', 'good', '2026-11-22T10:00:00Z', async (path) => { asked.push(path); return page([rating(11), rating(12)]); });
  expect(found?.ticket_id).toBe(12);
  expect(asked).toHaveLength(1);
  expect(decodeURIComponent(asked[0]!)).toContain('score=good&start_time=1795341598&page[size]=100&end_time=1795341602');
});
test('a rating that was changed later is looked for behind, not for ever', async () => {
  const asked: string[] = [];
  const found = await findRating(12, 'good', '2026-11-22T10:00:00Z', async (path) => { asked.push(path); return asked.length < 3 ? page([rating(1)], 'c') : page([rating(12)]); });
  expect(found?.ticket_id).toBe(12);
  asked.length = 0;
  expect(await findRating(12, 'good', '2026-11-22T10:00:00Z', async (path) => { asked.push(path); return page([], 'c'); })).toBeNull();
  expect(asked).toHaveLength(6);
});
