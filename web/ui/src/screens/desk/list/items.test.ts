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
