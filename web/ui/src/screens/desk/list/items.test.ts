import { expect, test } from 'vitest';
import { itemsOf } from './items';
import type { Ticket } from '@/screens/desk/types';

const rows = ['a', 'a', 'b'].map((status, at) => ({ id: 100 + at, status }) as unknown as Ticket);

test('lines are found by number, with and without groups', () => {
  const plain = itemsOf(rows);
  expect([plain.count, plain.indexOf('101'), plain.indexOf('7')]).toEqual([3, 1, -1]);
  const grouped = itemsOf(rows, (each) => String(each.status));
  expect([grouped.count, grouped.indexOf('100'), grouped.indexOf('102'), grouped.indexOf('7')]).toEqual([5, 1, 4, -1]);
  expect(grouped.item(3)).toMatchObject({ kind: 'group', title: 'b' });
});

test('a line is found near where it stood, far from it, and not where it is no more', () => {
  const many = itemsOf(Array.from({ length: 1000 }, (_, at) => ({ id: at }) as unknown as Ticket));
  expect([many.indexOf('501', 500), many.indexOf('990', 5), many.indexOf('7', 999), many.indexOf('1000', 998)]).toEqual([501, 990, 7, -1]);
});
