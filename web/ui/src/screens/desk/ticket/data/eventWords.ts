// What happened to a ticket, in words. The server says it in a kind and a detail ("open -> solved", "+vip -old", "7 Title\nbecause: …").
import type { Words } from '@/i18n';
import { minutesText } from '@/i18n/dates';
import type { TicketEvent } from '@/screens/desk/types';

export interface Names { person: (id: string) => string; group: (id: string) => string; status: (id: string) => string; form: (id: string) => string; field: (id: string) => string; policy: (id: string) => string }
export interface RuleRun { id: string; title: string; because: string[]; did: string[]; skipped: string[]; note: boolean }

// "a -> b"; of what was typed the arrow begins a line.
export function beforeAndAfter(detail: string): [string, string] | null {
  const typed = detail.indexOf('\n-> ');
  const at = typed >= 0 ? typed : detail.startsWith('-> ') ? -1 : detail.indexOf(' -> ');
  if (typed < 0 && detail.startsWith('-> ')) return ['', detail.slice(3)];
  return at < 0 ? null : [detail.slice(0, at), detail.slice(at + 4)];
}

export function ruleRun(detail: string): RuleRun {
  const [head = '', ...rest] = detail.split('\n');
  const [, id = '', title = head] = /^(\d+) ?(.*)$/.exec(head) ?? [];
  const run: RuleRun = { id, title, because: [], did: [], skipped: [], note: false };
  let into = run.because;
  for (const line of rest) {
    const [, sign, text = ''] = /^(because|did|not done|wrote): ?(.*)$/.exec(line) ?? [];
    if (sign === 'wrote') { run.note = true; continue; }
    if (sign) into = sign === 'because' ? run.because : sign === 'did' ? run.did : run.skipped;
    const words = sign ? text : line.trim();
    if (words) into.push(...words.split('; '));
  }
  return run;
}

export const isRule = (event: TicketEvent) => event.kind === 'trigger' || event.kind === 'automation';
const kPeople = new Set(['assignee', 'requester', 'ccs', 'followers']);
const kWordsOf = new Set(['status', 'priority', 'type']);
const kChanges = new Set(['status', 'assignee', 'subject', 'type', 'priority', 'group', 'organization', 'external_id', 'due', 'problem', 'form', 'custom_status', 'requester', 'sla_policy', 'group_sla_policy', 'satisfaction']);
const kPlain = new Set(['created', 'comment', 'deleted', 'restored', 'marked_as_spam', 'unsent', 'delivered', 'delivery_failed', 'redacted', 'merged_from', 'merged_into', 'split', 'undone', 'joined_by', 'join_accepted', 'forwarded', 'content_erased', 'trigger_loop']);

// "first_reply_time 2026-11-23T10:00:00Z after 60 business minutes": which promise was broken, and how long it was.
function breachWords(detail: string, t: Words): string {
  const [, metric = '', minutes = '', business] = /^(\w+) \S+ after (\d+) (business )?minutes$/.exec(detail) ?? [];
  if (!metric) return [t('event.sla_breach'), detail].filter(Boolean).join(t('colon'));
  return t(business ? 'event.sla_breach_working' : 'event.sla_breach_of', { metric: t(`sla:metric.${metric}`, { defaultValue: metric }), span: minutesText(Number(minutes)) });
}

// "import mail", "import zendesk 12": where it came from stays as it is.
const importWords = (kind: string, detail: string, t: Words): string | null => {
  const [, from] = /^import (.+)$/.exec(detail) ?? [];
  return from && (kind === 'created' || kind === 'comment') ? t(`event.imported_${kind}`, { from }) : null;
};

const kDetails = new Set(['mail', 'web', 'api', 'public', 'internal']);

function valueWords(kind: string, value: string, names: Names, t: Words): string {
  if (value === '' || value === '0') return t('nothing');
  if (kPeople.has(kind)) return names.person(value);
  if (kind === 'group') return names.group(value);
  if (kind === 'custom_status') return names.status(value);
  if (kind === 'form') return names.form(value);
  if (kind === 'problem') return `#${value}`;
  if (kind === 'sla_policy' || kind === 'group_sla_policy') return names.policy(value);
  if (kind === 'satisfaction') return t(`satisfaction.${value}`, { defaultValue: value });
  return kWordsOf.has(kind) ? t(`${kind}.${value}`) : value;
}

// "+7 -8", of tags or people.
function differenceWords(kind: string, detail: string, names: Names, t: Words): string {
  const word = (each: string) => (kind === 'tags' ? each : names.person(each));
  const of = (sign: string) => detail.split(' ').filter((each) => each.startsWith(sign)).map((each) => word(each.slice(1))).join(', ');
  const added = of('+');
  const removed = of('-');
  return [added && t('event.added', { what: t(`field.${kind}`), values: added }), removed && t('event.removed', { what: t(`field.${kind}`), values: removed })].filter(Boolean).join('; ');
}

export function eventWords(event: TicketEvent, names: Names, t: Words): string {
  const { kind, detail } = event;
  if (kind === 'tags' || kind === 'ccs' || kind === 'followers') return differenceWords(kind, detail, names, t);
  if (isRule(event)) return t(`event.${kind}`, { title: ruleRun(detail).title });
  if (kind === 'sla_breach') return breachWords(detail, t);
  if (kind === 'forwarded') return t('event.forwarded', { who: names.person(detail.replace(/^user\//, '')) });
  if (kind === 'field') {
    const [, id = '', rest = ''] = /^(\d+): ([\s\S]*)$/.exec(detail) ?? [];
    const change = beforeAndAfter(rest);
    return t('event.changed', { field: names.field(id), before: change?.[0] || t('nothing'), after: change?.[1] || t('nothing') });
  }
  const change = kChanges.has(kind) ? beforeAndAfter(detail) : null;
  if (change) return t('event.changed', { field: t(`field.${kind}`), before: valueWords(kind, change[0], names, t), after: valueWords(kind, change[1], names, t) });
  const imported = importWords(kind, detail, t);
  if (imported) return imported;
  if (kPlain.has(kind)) return [t(`event.${kind}`), kDetails.has(detail) ? t(`event_detail.${detail}`) : detail].filter(Boolean).join(t('colon'));
  return [kind.replaceAll('_', ' '), detail].filter(Boolean).join(': ');
}

// Ids of people whom events name.
export const peopleIn = (events: TicketEvent[]): string[] => events.flatMap((each) => {
  const own = each.author_id ? [String(each.author_id)] : [];
  return kPeople.has(each.kind) || each.kind === 'forwarded' ? [...own, ...(each.detail.match(/\d{3,}/g) ?? [])] : own;
});
