// Fields of a ticket before and after.
import { useWords } from '@/i18n';
import { dateTime } from '@/i18n/dates';
import { customIdOf, type Kind } from '@/kit/conditions/kinds';
import { useKnown, useNames } from '@/kit/conditions/useKnown';
import { useWording } from '@/kit/conditions/wording';

export interface Change { field: string; before: unknown; after: unknown }
const kKinds: Record<string, Kind> = { group_id: 'group', custom_status_id: 'status', assignee_id: 'person' };
const listOf = (value: unknown): string[] => (value === null || value === undefined || value === '' ? [] : Array.isArray(value) ? value.map(String) : [String(value)]);

export function ChangeList({ changes, none }: { changes: Change[]; none: string }) {
  const t = useWords('rules');
  const words = useWording();
  const known = useKnown();
  const nameOf = useNames('users', changes.filter((each) => each.field === 'assignee_id').flatMap((each) => [...listOf(each.before), ...listOf(each.after)]));
  const word = (field: string, value: unknown) => {
    const list = listOf(value);
    if (list.length === 0) return t('value.nothing');
    const type = known.fields.find((each) => String(each.id) === customIdOf(field))?.type;
    const kind: Kind = kKinds[field] ?? (type === 'tagger' || type === 'multiselect' ? 'option' : type === 'checkbox' ? 'flag' : 'text');
    if (field === 'due_at') return dateTime(list[0]!);
    return list.map((each) => (kind === 'person' ? (nameOf(each) ?? each) : field === 'tags' || field === 'subject' ? each : words.value(field, each, kind))).join(', ');
  };
  if (changes.length === 0) return <p className="text-sm text-faint">{none}</p>;
  return (
    <ul className="text-sm">
      {changes.map((each) => (
        <li key={each.field}><span className="font-semibold">{words.field({ subject: each.field, title: each.field })}</span>{t('colon')} <s className="text-faint">{word(each.field, each.before)}</s> <span aria-hidden>→</span><span className="sr-only">{t('becomes')}</span> {word(each.field, each.after)}</li>
      ))}
    </ul>
  );
}
