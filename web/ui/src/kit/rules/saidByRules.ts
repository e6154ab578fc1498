// What rules say of themselves in histories, dry runs and answers: "status less_than solved", "notification_user requester_id: mailed 12",
// "priority high: the ticket is closed". Taken apart here, put into words by useRuleWords.
import type { Condition, FieldRow } from '@/kit/conditions/types';

const kLists = new Set(['includes', 'not_includes']);
const kTexts = /_includes_word$|^current_tags$/;

export function conditionSaid(said: string): Condition {
  const [field = '', operator = '', ...values] = said.split(' ');
  if (values.length === 0) return { field, operator, value: null };
  return { field, operator, value: kLists.has(operator) && !kTexts.test(field) ? values : values.join(' ') };
}

// A field that the table of the API does not have (any more), or has without this operator.
export const rowFor = (rows: readonly FieldRow[], { field, operator, value }: Condition): FieldRow => {
  const row = rows.find((each) => each.subject === field) ?? { subject: field, title: field, type: 'text', group: 'ticket', nullable: false };
  return row.operators?.some((each) => each.value === operator) || value !== null ? row : { ...row, operators: [{ value: operator, title: operator, terminal: true }] };
};

export type Outcome = { kind: 'mailed'; ids: string[] } | { kind: 'nobody' } | { kind: 'about'; id: string; why: string } | { kind: 'why'; why: string };
export function actionSaid(said: string): { action: string; outcome: Outcome | null } {
  const at = said.indexOf(': ');
  if (at < 0) return { action: said, outcome: null };
  const action = said.slice(0, at);
  const rest = said.slice(at + 2);
  const [, mailed] = /^mailed ([\d, ]+)…?$/.exec(rest) ?? [];
  if (mailed) return { action, outcome: { kind: 'mailed', ids: mailed.match(/\d+/g) ?? [] } };
  if (rest === 'nobody') return { action, outcome: { kind: 'nobody' } };
  const [, id, why] = /^(\d+) (.+)$/.exec(rest) ?? [];
  return { action, outcome: id && why ? { kind: 'about', id, why } : { kind: 'why', why: rest } };
}

export const peopleSaid = (said: string[]): string[] => said.flatMap((each) => {
  const { outcome } = actionSaid(each);
  return outcome?.kind === 'mailed' ? outcome.ids : outcome?.kind === 'about' ? [outcome.id] : [];
});

// Why somebody was not mailed; the keys are those of "outcome" in locales/*/rules.json.
export const kWhyNot: [key: string, pattern: RegExp][] = [
  ['mail_address', /^has no address that can be mailed$/],
  ['mail_ours', /^has an address of ours$/],
  ['mail_author', /^wrote automatic mail$/],
  ['mail_inbox', /^does not work in this inbox$/],
  ['mail_often', /^was mailed too often$/],
  ['mail_unread', /^reads no mail$/],
  ['mail_machine', /^is not told of automatic mail$/],
  ['mail_other', /^did not write this mail$/],
  ['mail_unproven', /^is not proven to have written (?:this mail|here, and nobody has answered yet)$/],
];
