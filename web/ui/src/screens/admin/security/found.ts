// What the checklist has found, in the page's language: the server says it in English sentences with numbers.
import type { Words } from '@/i18n';

const kSentences: [RegExp, string, ...string[]][] = [
  [/^(\d+) of (\d+) admins and owners have one$/, 'admins', 'some', 'count'],
  [/^required of: none$/, 'required_none'],
  [/^required of: admins$/, 'required_admins'],
  [/^required of: everybody$/, 'required_everybody'],
  [/^(\d+) owners$/, 'owners', 'count'],
  [/^(\d+) let in now$/, 'let_in', 'count'],
  [/^level (\w+), at least (\d+) characters$/, 'level', 'level', 'count'],
  [/^a list is configured$/, 'list'],
  [/^only the most common ones are refused$/, 'common_only'],
  [/^(\d+) of (\d+) never end$/, 'endless', 'some', 'count'],
  [/^(\d+) were not used for (\d+) days$/, 'idle', 'some', 'count'],
  [/^(\d+) may do all that their owner may, from anywhere$/, 'wide', 'count'],
  [/^from everywhere$/, 'everywhere'],
  [/^(\d+) ranges$/, 'ranges', 'count'],
  [/^(\d+) networks are listed$/, 'listed', 'count'],
  [/^(\d+) of (\d+) lists are old or missing$/, 'old_lists', 'some', 'count'],
  [/^none$/, 'none'],
  [/^waits for its link to be opened$/, 'waits'],
  [/^never$/, 'never'],
  [/^intact (\d+) days ago$/, 'intact', 'count'],
  [/^shipped nowhere$/, 'nowhere'],
  [/^(\d+) receivers, (\d+) of them without TLS$/, 'receivers', 'count', 'some'],
  [/^(\d+) of (\d+) receivers cannot be reached$/, 'unreached', 'some', 'count'],
  [/^self-signed, (\d+) days left$/, 'self_signed', 'count'],
  [/^(\d+) days left$/, 'days_left', 'count'],
  [/^it has expired$/, 'expired'],
  [/^it cannot be read$/, 'unreadable'],
  [/^not encrypted$/, 'not_encrypted'],
  [/^loopback or off$/, 'loopback'],
  [/^(\d+) enforced, (\d+) in shadow$/, 'rules', 'count', 'some'],
  [/^not checked$/, 'not_checked'],
];

export function foundWords(t: Words, found: string): string {
  for (const [pattern, key, ...names] of kSentences) {
    const parts = pattern.exec(found);
    if (!parts) continue;
    const values = Object.fromEntries(names.map((name, at) => [name, /^\d+$/.test(parts[at + 1]!) ? Number(parts[at + 1]) : t(`passwords.${parts[at + 1]}`)]));
    return t(`found.${key}`, values);
  }
  return found;
}
