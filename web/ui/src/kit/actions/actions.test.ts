import { expect, test } from 'vitest';
import type { FieldRow } from '@/kit/conditions/types';
import { actionKindOf, freshAction, partsOf, textOf, withInserted } from './types';

const row = (subject: string, type = 'text', values?: string[]): FieldRow => ({ subject, title: subject, type, group: 'ticket', nullable: false, values: values?.map((value) => ({ value, title: value })) });

test('an action has the control of what it takes', () => {
  expect(actionKindOf(row('priority', 'list'))).toBe('word');
  expect(actionKindOf(row('follower', 'autocomplete'))).toBe('agent');
  expect(actionKindOf(row('notification_user', 'user_notification'))).toBe('mail');
  expect(actionKindOf(row('custom_fields_7'))).toBe('custom');
  expect(actionKindOf(row('comment_value'))).toBe('text');
});

test('a fresh action has as many values as the server asks for', () => {
  expect(freshAction(row('notification_user', 'user_notification', ['requester_id']), []).value).toEqual(['requester_id', '', '']);
  expect(freshAction(row('due_date', 'due_date', ['days_from_now']), []).value).toEqual(['days_from_now', '1']);
  expect(freshAction(row('priority', 'list', ['low', 'high']), []).value).toBe('low');
  expect(freshAction(row('custom_fields_7'), [{ id: 7, type: 'checkbox', title: 'Gift' }]).value).toBe('true');
});

test('the text of a comment is read in both shapes', () => {
  expect(textOf({ field: 'comment_value', value: ['channel:all', 'Hello'] })).toBe('Hello');
  expect(textOf({ field: 'comment_value', value: 'Hello' })).toBe('Hello');
  expect(partsOf({ field: 'priority', value: 'low' })).toEqual(['low']);
});

test('a placeholder goes where the caret is', () => {
  expect(withInserted('Dear , hello', 'ticket.requester.name', 5, 5)).toEqual({ text: 'Dear {{ticket.requester.name}}, hello', caret: 30 });
});
