import { expect, test } from 'vitest';
import { stagedBy } from './Macros';
import type { Ticket } from '@/screens/desk/types';

const ticket = { id: 1, status: 'open', custom_status_id: 2, priority: null, tags: ['a', 'b'], custom_fields: [{ id: 7, value: null }] } as unknown as Ticket;

test('only what a macro would change is staged', () => {
  expect(stagedBy(ticket, { ...ticket })).toEqual({});
  expect(stagedBy(ticket, { ...ticket, status: 'pending', custom_status_id: 3, tags: ['a', 'c'] })).toEqual({ status: 'pending', additional_tags: ['c'], remove_tags: ['b'] });
  expect(stagedBy(ticket, { ...ticket, status: 'pending', custom_status_id: 99 })).toEqual({ status: 'pending', custom_status_id: 99 });
  expect(stagedBy(ticket, { ...ticket, custom_fields: [{ id: 7, value: 'red' }] })).toEqual({ custom_fields: [{ id: 7, value: 'red' }] });
});
