// Fields of people or of organisations in the order in which they are shown.
import { useWords } from '@/i18n';
import { RuleRows } from '@/kit/editor/RuleRows';
import { useDefined } from '../fields/useDefined';
import { nameOf, type PersonField, type Whose } from './model';

export function PersonFieldList({ whose, mayChange }: { whose: Whose; mayChange: boolean }) {
  const t = useWords('fields');
  const { all, turn, move, wait } = useDefined<PersonField>(whose, nameOf(whose), (each) => each.title);
  if (wait) return wait;
  if (all.length === 0) return <section className="rounded-xl border border-line bg-paper p-6"><h2>{t(`${whose}.none`)}</h2><p className="mt-2 max-w-prose text-faint">{t(`${whose}.example`)}</p></section>;
  const line = (field: PersonField) => (
    <>{t(`type.${field.type === 'dropdown' ? 'tagger' : field.type}`)}{field.custom_field_options && ` · ${t('options_count', { count: field.custom_field_options.length })}`} · <code>{field.key}</code>{field.description && <span className="block">{field.description}</span>}</>
  );
  return <RuleRows<PersonField> label={t(`${whose}.title`)} items={all} titleOf={(each) => each.title} isOn={(each) => each.active} href={(each) => `#/admin/person_fields/${whose}/${each.id}`} mayChange={() => mayChange} canSort={mayChange}
    line={line} onMove={(next) => move([], next)} onTurn={(field, on) => void turn(field, on)} />;
}
