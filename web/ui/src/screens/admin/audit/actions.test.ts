// The server's source names every action of the audit log and every kind of a ticket's events: each has words.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import audit from '@/locales/en/audit.json';
import ticket from '@/locales/en/ticket.json';
import { actionKey, actionWords } from './actions';

const kRoot = join(process.cwd(), '../..');
const kModules = ['app', 'auth', 'ticketing', 'web'];

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((each) => {
    const path = join(folder, each.name);
    if (each.isDirectory()) return each.name === 'node_modules' || each.name === 'ui' ? [] : sources(path);
    return /\.(cc|h)$/.test(each.name) ? [readFileSync(path, 'utf8')] : [];
  });
}

const all = kModules.flatMap((each) => sources(join(kRoot, each)));
// What stands between a call's name and the end of its statement.
const statements = (start: RegExp) => all.flatMap((text) => [...text.matchAll(start)].map((found) => text.slice(found.index, text.indexOf(';', found.index))));
const quoted = (texts: string[], shape: RegExp) => texts.flatMap((text) => [...text.matchAll(shape)].map((found) => found[1]!));

function actions(): Set<string> {
  const calls = statements(/(?<![\w.])(?:auth::)?audit\w*\(|AuditEvent \w+\{|\baction = |state_->choose\(|\bsave\(step,/g);
  const kDotted = /"([a-z_]+\.[a-z_]+)"/g;
  const routes = statements(/\b(?:audited|audits|noted)\w*\(/g);
  // Definitions put their word before what happened to them.
  const named = all.flatMap((text) => text.match(/(?:\.word = |DefinitionKind::\w+, )[^;,{}]*/g) ?? []);
  const words = new Set(quoted(named, /"([a-z_]+)"/g));
  const definitions = [...words].flatMap((word) => ['created', 'changed', 'deleted', 'reordered'].map((what) => `${word}.${what}`));
  return new Set([...quoted(calls, kDotted), ...quoted(routes, kDotted), ...definitions]);
}

const saidOf = (area: object, key: string) => key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], area);
// Names of fields, commands and webhooks' events that stand in the same statements.
const kOthers = /^(user\.(email|role|custom_role_id|reset|invite|disable|enable|unlock|list|inboxes)|webhook\.test|.*\.(field|value|operator))$/;

test('every action of the audit log has words', () => {
  const found = [...actions()].filter((each) => !kOthers.test(each));
  expect(found).toEqual(expect.arrayContaining(['schedule.reordered', 'sla_policy.created', 'view.changed', 'ticket_field.deleted', 'rules.activated', 'import.begun', 'export.finished', 'inbox.signature', 'ticket.satisfaction', 'token.created', 'user.erased']));
  expect(found.filter((each) => saidOf(audit, actionKey(each)) === undefined)).toEqual([]);
});

test('every kind of event of a ticket has words', () => {
  const kinds = new Set([...quoted(statements(/\badd_event\(/g), /add_event\([^",]*, "([a-z_]+)"/g), ...quoted(statements(/\btell_change\(/g), /tell_change\([^",]*, "([a-z_]+)"/g)]);
  expect([...kinds]).toEqual(expect.arrayContaining(['sla_breach', 'sla_policy', 'satisfaction', 'status', 'group']));
  const kOwnWords = new Set(['field']); // told with the field's name
  expect([...kinds].filter((each) => !kOwnWords.has(each) && saidOf(ticket, `event.${each}`) === undefined && saidOf(ticket, `field.${each}`) === undefined)).toEqual([]);
});

test('what is not known is told as the server calls it', () => {
  const t = (key: string, values?: Record<string, unknown>) => (key === 'console' ? `console ${String(values?.command)}` : key);
  expect(actionWords(t, 'lunch.eaten', 'Lunch eaten')).toBe('Lunch eaten');
  expect(actionWords(t, 'console.block.add', 'Console block add')).toBe('console block.add');
});
