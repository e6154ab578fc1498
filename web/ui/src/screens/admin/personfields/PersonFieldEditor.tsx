// One field of people or of organisations.
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { NotFound } from '@/app/NotFound';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { EditorPage } from '@/kit/editor/EditorPage';
import { removeDefinition } from '@/kit/editor/remove';
import { SaveBar } from '@/kit/editor/SaveBar';
import { useEditor } from '@/kit/editor/useEditor';
import { Check, Field, Select, TextField } from '@/kit/Field';
import { Card, Page } from '@/kit/Page';
import { Options } from '../fields/Options';
import { bodyOf, draftOf, hasOptions, keyOf, kTypes, kWhose, nameOf, type PersonField, type PersonFieldDraft, type PersonFieldType, type Whose } from './model';

function Editor({ whose, field }: { whose: Whose; field: PersonField | null }) {
  const t = useWords('fields');
  const path = `/api/v2/${whose}`;
  const back = `/admin/fields?tab=${whose}`;
  const editor = useEditor<PersonField, PersonFieldDraft>({
    path, name: nameOf(whose), saved: field, toDraft: draftOf, toBody: (part, isNew) => bodyOf(part, part.type ?? field?.type ?? 'text', isNew),
    onSaved: (saved, isNew) => { notice(t('fields.saved')); if (isNew) go(`/admin/person_fields/${whose}/${saved.id}`, { replace: true }); },
  });
  const { draft, set, problems } = editor;
  const rename = (title: string) => set(!field && draft.key === keyOf(draft.title) ? { title, key: keyOf(title) } : { title }); // the key follows until it is given by hand
  return (
    <Page title={field ? field.title : t(`${whose}.add`)} actions={field && <Button look="danger" onClick={() => void removeDefinition({ path, name: nameOf(whose), thing: field, title: field.title, text: t(`${whose}.delete_text`), back, release: editor.release })}>{t('common:delete')}</Button>}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); editor.save(); }}>
        <Card>
          <Select label={t('type_label')} hint={t(field ? 'type_stays' : `type_hint.${draft.type === 'dropdown' ? 'tagger' : draft.type}`)} disabled={Boolean(field)} value={draft.type} error={problems.get('type')} onChange={(event) => set({ type: event.currentTarget.value as PersonFieldType })}>
            {kTypes.map((each) => <option key={each} value={each}>{t(`type.${each === 'dropdown' ? 'tagger' : each}`)}</option>)}
          </Select>
          <Field label={t('common:name')} required value={draft.title} error={problems.get('title')} onChange={(event) => rename(event.currentTarget.value)} />
          <Field label={t('key_label')} hint={t(field ? 'key_stays' : 'key_hint')} disabled={Boolean(field)} className="font-mono" spellCheck={false} autoCapitalize="none" value={draft.key} error={problems.get('key')} onChange={(event) => set({ key: event.currentTarget.value })} />
          {hasOptions(draft.type) && <Options options={draft.custom_field_options} isSingle={draft.type === 'dropdown'} hint={t('options_hint_people')} hasDefault={false} problems={problems} onChange={(custom_field_options) => set({ custom_field_options })} />}
          {draft.type === 'regexp' && <Field label={t('regexp')} hint={t('regexp_hint')} className="font-mono" spellCheck={false} value={draft.regexp_for_validation} error={problems.get('regexp_for_validation')} onChange={(event) => set({ regexp_for_validation: event.currentTarget.value })} />}
          {draft.type === 'checkbox' && <Field label={t('tag')} hint={t('tag_hint')} value={draft.tag} error={problems.get('tag')} onChange={(event) => set({ tag: event.currentTarget.value })} />}
          <TextField label={t('agent_description')} rows={2} value={draft.description} error={problems.get('description')} onChange={(event) => set({ description: event.currentTarget.value })} />
          <Check label={t('flag.active')} hint={t('active_hint_people')} checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
        </Card>
        <SaveBar editor={editor} back={back} fieldWords={(key) => t(`part.${String(key)}`, { defaultValue: String(key) })} />
      </form>
    </Page>
  );
}

export default function PersonFieldEditor({ params }: ScreenProps) {
  const whose = kWhose.find((each) => each === params.whose);
  if (!whose) return <NotFound />;
  return <EditorPage<PersonField> path={`/api/v2/${whose}`} name={nameOf(whose)} id={params.id!}>{(field) => <Editor key={whose} whose={whose} field={field} />}</EditorPage>;
}
