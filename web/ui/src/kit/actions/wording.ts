// An action in words: "Priority: urgent", "Mail to the requester".
import { useWords } from '@/i18n';
import { customIdOf, kindOf } from '@/kit/conditions/kinds';
import type { FieldRow } from '@/kit/conditions/types';
import { useKnown } from '@/kit/conditions/useKnown';
import { useWording } from '@/kit/conditions/wording';
import { actionKindOf, partsOf, textOf, type Action } from './types';

const kShownMax = 60;
const kEllipsis = '…';
export const cut = (text: string) => (text.length > kShownMax ? `${text.slice(0, kShownMax).trimEnd()}${kEllipsis}` : text);

export function useActionWords(rows: FieldRow[]): (action: Action) => string {
  const t = useWords('rules');
  const words = useWording();
  const known = useKnown();
  return (action) => {
    const row = rows.find((each) => each.subject === action.field);
    if (!row) return action.field;
    const kind = actionKindOf(row);
    const title = customIdOf(row.subject) ? words.field(row) : words.field({ ...row, subject: `do_${row.subject}` });
    const [first = '', second = ''] = partsOf(action);
    if (kind === 'text' || kind === 'line') return t('says', { what: title, value: cut(textOf(action).replace(/\s+/g, ' ')) });
    if (kind === 'tags') return t('says', { what: title, value: partsOf(action).join(' ') });
    if (kind === 'due') return t('says', { what: title, value: `${second} ${words.value(row.subject, first)}` });
    if (kind === 'webhook') return title;
    if (kind === 'mail') return t('says', { what: title, value: /^\d+$/.test(first) ? t('value.person') : words.value(row.subject, first) });
    if (kind === 'agent' || kind === 'person') return t('says', { what: title, value: /^\d+$/.test(first) ? t('value.person') : words.value(row.subject, first) });
    const shown = kind === 'group' || kind === 'group_mail' ? words.value('group_id', first, 'group') : kind === 'status' ? words.value(row.subject, first, 'status') : words.value(row.subject, first, kindOf(row, known.fields));
    return t('says', { what: title, value: shown });
  };
}

// "priority high", as the server says what a rule did or would do, is an action again.
export function actionOfWords(said: string): Action {
  const at = said.indexOf(' ');
  return at < 0 ? { field: said, value: '' } : { field: said.slice(0, at), value: said.slice(at + 1) };
}
