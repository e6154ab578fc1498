import { beforeEach, expect, test } from 'vitest';
import { currentOrder, neighbour, placeIn, setOrder } from './order';

beforeEach(() => setOrder({ title: 'Unsolved', address: '/views/7', ids: ['3', '1', '2'], total: 4, more: async () => ['3', '1', '2', '9'] }));

test('a ticket knows its neighbours and where it stands', () => {
  expect(placeIn(currentOrder(), 1)).toEqual({ title: 'Unsolved', address: '/views/7', position: 2, total: 4, next: '2', previous: '3', hasMore: true });
  expect(placeIn(currentOrder(), 77)).toBeNull();
});

test('behind the last loaded one the next page is asked for', async () => {
  expect(await neighbour(2, 1)).toBe('9');
  expect(await neighbour(9, 1)).toBeNull();
  expect(await neighbour(3, -1)).toBeNull();
});

test('a page that cannot be loaded is the end, not an error', async () => {
  setOrder({ title: '', address: '/', ids: ['1'], total: 2, more: () => Promise.reject(new Error('offline')) });
  expect(await neighbour(1, 1)).toBeNull();
});
