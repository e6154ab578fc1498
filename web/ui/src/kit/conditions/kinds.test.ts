import { expect, test } from 'vitest';
import { familyOf, freshCondition, hoursAs, hoursFrom, kindOf, takesSeveral, withOperator } from './kinds';
import type { FieldRow } from './types';

const operators = (...words: string[]) => words.map((value) => ({ value, title: value, terminal: ['changed', 'present'].includes(value) }));
const row = (subject: string, more: Partial<FieldRow> = {}): FieldRow => ({ subject, title: subject, type: 'text', group: 'ticket', nullable: true, operators: operators('is', 'is_not', 'includes', 'changed'), ...more });
const status = row('status', { type: 'list', values: [{ value: 'new', title: 'new' }, { value: 'open', title: 'open' }] });

test('the control follows the field, and of an own field its type', () => {
  expect(kindOf(status, [])).toBe('choice');
  expect(kindOf(row('SOLVED'), [])).toBe('hours');
  expect(kindOf(row('assignee_id'), [])).toBe('person');
  expect(kindOf(row('group_sla_policy'), [])).toBe('group_policy');
  const fields = [{ id: '9007199254740993', type: 'date', title: 'Due' }, { id: 7, type: 'tagger', title: 'Colour' }];
  expect(kindOf(row('custom_fields_9007199254740993'), fields)).toBe('date');
  expect(kindOf(row('custom_fields_7'), fields)).toBe('option');
  expect(kindOf(row('custom_fields_8'), fields)).toBe('text');
});

test('a fresh condition has a value that the server takes', () => {
  expect(freshCondition(status, 'choice')).toEqual({ field: 'status', operator: 'is', value: 'new' });
  expect(freshCondition(row('SOLVED', { operators: operators('is', 'less_than') }), 'hours').value).toBe('24');
  expect(freshCondition(row('attachment', { operators: operators('present') }), 'text').value).toBeNull();
});

test('what was chosen survives another operator as far as it can', () => {
  const one = { field: 'status', operator: 'is', value: 'open' };
  const many = withOperator(one, status, 'choice', 'includes');
  expect(many.value).toEqual(['open']);
  expect(withOperator({ ...many, value: ['open', 'new'] }, status, 'choice', 'is').value).toBe('open');
  expect(withOperator(one, status, 'choice', 'changed').value).toBeNull();
});

test('tags and words stay one text', () => {
  expect(takesSeveral('tags', 'includes')).toBe(false);
  expect(takesSeveral('choice', 'includes')).toBe(true);
  expect(familyOf('hours', 'SOLVED')).toBe('hours');
});

test('hours are said in days where they are whole ones', () => {
  expect(hoursAs('48')).toEqual({ amount: '2', unit: 'days' });
  expect(hoursAs('24')).toEqual({ amount: '24', unit: 'hours' });
  expect(hoursAs('0.5')).toEqual({ amount: '0.5', unit: 'hours' });
  expect(hoursAs('')).toEqual({ amount: '', unit: 'hours' });
  expect(hoursFrom('2', 'days')).toBe('48');
  expect(hoursFrom('0,25', 'hours')).toBe('0.25');
  expect(hoursFrom('x', 'hours')).toBe('x');
});
