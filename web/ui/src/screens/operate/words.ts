// What the server says of rules in English, in the page's language: problems of a document, and what a rule of Postern finds.
import type { Words } from '@/i18n';
import type { Rule, RuleProblem } from './api';

export const kWrong: [key: string, pattern: RegExp][] = [
  ['one_of', /^(\w+): none of (.+)$/],
  ['entry_text', /^(\w+): an entry is not a text$/],
  ['no_key', /^there is no key "(.+)"$/],
  ['document_long', /^longer than (\d+) bytes$/],
  ['toml_name', /^not TOML: a table needs a name\b/],
  ['toml', /^not TOML: (.+)$/],
  ['double', /^write \[\[(\w+)\]\], not/],
  ['too_many', /^more than (\d+) (\[\[\w+\]\]|rules and changes)$/],
  ['id_missing', /^id: missing$/],
  ['id_shape', /^id: small letters, digits and '_', a letter first$/],
  ['id_twice', /^id: "(.+)" stands there twice$/],
  ['id_unknown', /^id: no shipped rule is called "(.+)"$/],
  ['locked', /^"(.+)" is enforced everywhere as it is; only its tags and on_match can be changed$/],
  ['keep_ends', /^keep_first, keep_last: only with action = "keep_ends"$/],
  ['matches_missing', /^matches: missing: a rule shows by samples what it finds$/],
  ['pattern_twice', /^pattern: "patterns" is there too$/],
  ['control', /^(\w+): a control character$/],
  ['own_detector', /^patterns: a rule with a detector of its own has none$/],
  ['tag_blank', /^tags: a blank or comma in a tag$/],
  ['inbox', /^inboxes: an entry is not an address$/],
  ['more', /^(\d+) more problems$/],
  ['no_detector', /^detector: there is no "(.+)"$/],
  ['no_validator', /^validator: there is no "(.+)"$/],
  ['no_pattern', /^patterns: a rule needs at least one$/],
  ['sample_missed', /^matches, sample (\d+): nothing is found in "(.+)"$/],
  ['sample_again', /^matches, sample (\d+): what the rule leaves is found again in "(.+)"$/],
  ['sample_found', /^ignores, sample (\d+): something is found in "(.+)"$/],
  ['pattern_re2', /^patterns, number (\d+): RE2 does not take it: (.+)$/],
  ['pattern_empty', /^patterns, number (\d+): it matches the empty text$/],
  ['pattern_wide', /^patterns, number (\d+): it has no fixed word and few digits, and Hyperscan does not take it: (.+)$/],
  ['patterns_large', /^the patterns for numbers are too large together$/],
  ['not_text', /^(\w+): not a text$/],
  ['not_number', /^(\w+): not a whole number$/],
  ['not_flag', /^(\w+): neither true nor false$/],
  ['not_within', /^(\w+): not within 0 to (\d+)$/],
  ['not_texts', /^(\w+): not a list of texts$/],
  ['entries', /^(\w+): more than (\d+) entries$/],
  ['empty', /^(\w+): an empty text$/],
  ['long', /^(\w+): longer than (\d+) bytes$/],
];

// null: not one of these; it stays as it is.
export function problemWords(t: Words, problem: RuleProblem): string | null {
  const said = problem.text ?? problem.description;
  for (const [key, pattern] of kWrong) {
    const found = pattern.exec(said);
    if (found) return t(`wrong.${key}`, { a: found[1] ?? '', b: found[2] ?? '' });
  }
  return null;
}

// Rules of one's own are described in whatever language their author writes.
export const ruleText = (t: Words, rule: Pick<Rule, 'id' | 'description' | 'is_shipped'>): string => (rule.is_shipped ? t(`shipped.${rule.id}`, { defaultValue: rule.description }) : rule.description);
