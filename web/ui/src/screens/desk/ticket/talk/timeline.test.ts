import { expect, test } from 'vitest';
import { timeline } from './timeline';
import type { Comment, TicketEvent } from '@/screens/desk/types';

const comment = (id: number, second: number) => ({ id, created_at: new Date(second * 1000).toISOString() }) as Comment;
const event = (id: number, kind: string, second: number) => ({ id, kind, detail: '', author_id: null, created_at: new Date(second * 1000).toISOString() }) as TicketEvent;

test('events stand in one run between the comments that they happened between', () => {
  const shown = timeline([comment(1, 10), comment(2, 20)], [event(1, 'created', 10), event(2, 'status', 12), event(3, 'tags', 13), event(4, 'comment', 20), event(5, 'status', 20)]);
  expect(shown.map((each) => (each.kind === 'comment' ? each.comment.id : each.events.map((one) => one.id)))).toEqual([1, [2, 3], 2, [5]]);
});
