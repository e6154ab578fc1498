// What a document would change of the rules in force, rule by rule: the words of the server's own list of differences.
import type { Difference, RuleSpec } from '../api';

const kFields = [
  'description', 'detector', 'patterns', 'validator', 'context', 'unless', 'context_within', 'applies_to', 'action', 'keep_first', 'keep_last', 'tags', 'on_match', 'mode', 'inboxes', 'elsewhere', 'matches', 'ignores',
] as const satisfies (keyof RuleSpec)[];

const word = (value: RuleSpec[(typeof kFields)[number]]) => (Array.isArray(value) ? value.join(', ') : String(value));

export function ruleDifferences(before: RuleSpec[], after: RuleSpec[]): Difference[] {
  const out: Difference[] = [];
  const old = new Map(before.map((each) => [each.id, each]));
  for (const rule of after) {
    const was = old.get(rule.id);
    old.delete(rule.id);
    if (!was) { out.push({ rule: rule.id, change: 'added', field: null, before: '', after: rule.mode }); continue; }
    for (const field of kFields) {
      if (word(was[field]) !== word(rule[field])) out.push({ rule: rule.id, change: 'changed', field, before: word(was[field]), after: word(rule[field]) });
    }
  }
  for (const rule of old.values()) out.push({ rule: rule.id, change: 'removed', field: null, before: rule.mode, after: '' });
  return out;
}
