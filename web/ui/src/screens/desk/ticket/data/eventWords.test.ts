import { expect, test } from 'vitest';
import { beforeAndAfter, eventWords, ruleRun } from './eventWords';
import type { TicketEvent } from '@/screens/desk/types';

const event = (kind: string, detail: string) => ({ id: 1, author_id: null, kind, detail, created_at: '' }) as TicketEvent;
const names = { person: (id: string) => `P${id}`, group: (id: string) => `G${id}`, status: (id: string) => `S${id}`, form: (id: string) => `F${id}`, field: (id: string) => `f${id}`, policy: (id: string) => `R${id}` };
const t = (key: string, values?: Record<string, unknown>) => (values ? `${key}(${Object.values(values).join('|')})` : key);

test('what was before and after', () => {
  expect(beforeAndAfter('open -> solved')).toEqual(['open', 'solved']);
  expect(beforeAndAfter(' -> high')).toEqual(['', 'high']);
  expect(beforeAndAfter('a -> b\n-> c')).toEqual(['a -> b', 'c']);
  expect(beforeAndAfter('mail')).toBeNull();
});
test('a rule says why it fired and what it did', () => {
  expect(ruleRun('34 Urgent for VIP\nbecause: tags include vip; status is new\ndid: priority: urgent\nnot done: group: gone')).toEqual(
    { id: '34', title: 'Urgent for VIP', because: ['tags include vip', 'status is new'], did: ['priority: urgent'], skipped: ['group: gone'], note: false });
});
test('changes in words', () => {
  expect(eventWords(event('assignee', '0 -> 244'), names, t)).toBe('event.changed(field.assignee|nothing|P244)');
  expect(eventWords(event('tags', '+a -b +c'), names, t)).toBe('event.added(field.tags|a, c); event.removed(field.tags|b)');
  expect(eventWords(event('field', '7: red\n-> blue'), names, t)).toBe('event.changed(f7|red|blue)');
  expect(eventWords(event('something_new', 'x'), names, t)).toBe('something new: x');
});
test('promises, imports and ratings in words', () => {
  expect(eventWords(event('sla_policy', '0 -> 7'), names, t)).toBe('event.changed(field.sla_policy|nothing|R7)');
  expect(eventWords(event('sla_breach', 'first_reply_time 2026-11-23T10:00:00Z after 60 business minutes'), names, t)).toMatch(/^event\.sla_breach_working\(sla:metric\.first_reply_time.*\|1 hr\)$/);
  expect(eventWords(event('satisfaction', 'offered -> good_with_comment'), names, t)).toMatch(/field\.satisfaction.*satisfaction\.offered.*satisfaction\.good_with_comment/);
  expect(eventWords(event('created', 'import zendesk'), names, t)).toBe('event.imported_created(zendesk)');
});
