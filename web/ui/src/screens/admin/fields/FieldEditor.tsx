// One field of the workspace's own.
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { EditorPage } from '@/kit/editor/EditorPage';
import { removeDefinition } from '@/kit/editor/remove';
import { SaveBar } from '@/kit/editor/SaveBar';
import { useEditor } from '@/kit/editor/useEditor';
import { Check, Field, Select, TextField } from '@/kit/Field';
import { Card, Page } from '@/kit/Page';
import { bodyOfField, draftOfField, fieldTypes, hasOptions, type FieldDraft, type FieldType, type TicketField } from './model';
import { Options } from './Options';

const kPath = '/api/v2/ticket_fields';
const kFlags = ['required', 'visible_in_portal', 'editable_in_portal', 'required_in_portal', 'active'] as const;

function Editor({ field }: { field: TicketField | null }) {
  const t = useWords('fields');
  const editor = useEditor<TicketField, FieldDraft>({
    path: kPath, name: 'ticket_field', saved: field, toDraft: draftOfField, toBody: (part, isNew) => bodyOfField(part, isNew ? (part.type ?? 'text') : ((field?.type as FieldType | undefined) ?? part.type ?? 'text')),
    onSaved: (saved, isNew) => { notice(t('fields.saved')); if (isNew) go(`/admin/fields/${saved.id}`, { replace: true }); },
  });
  const { draft, set, problems } = editor;
  return (
    <Page title={field ? field.title : t('fields.add')} actions={field && <Button look="danger" onClick={() => void removeDefinition({ path: kPath, name: 'ticket_field', thing: field, title: field.title, text: t('fields.delete_text'), back: '/admin/fields', release: editor.release })}>{t('common:delete')}</Button>}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); editor.save(); }}>
        <Card>
          <Select label={t('type_label')} hint={t(field ? 'type_fixed' : `type_hint.${draft.type}`)} disabled={Boolean(field)} value={draft.type} error={problems.get('type')} onChange={(event) => set({ type: event.currentTarget.value as FieldType })}>
            {fieldTypes.map((each) => <option key={each} value={each}>{t(`type.${each}`)}</option>)}
          </Select>
          <Field label={t('title_label')} required value={draft.title} error={problems.get('title')} onChange={(event) => set({ title: event.currentTarget.value })} />
          {hasOptions(draft.type) && <Options options={draft.custom_field_options} isSingle={draft.type === 'tagger'} problems={problems} onChange={(custom_field_options) => set({ custom_field_options })} />}
          {draft.type === 'regexp' && <Field label={t('regexp')} hint={t('regexp_hint')} className="font-mono" spellCheck={false} value={draft.regexp_for_validation} error={problems.get('regexp_for_validation')} onChange={(event) => set({ regexp_for_validation: event.currentTarget.value })} />}
          {draft.type === 'checkbox' && <Field label={t('tag')} hint={t('tag_hint')} value={draft.tag} error={problems.get('tag')} onChange={(event) => set({ tag: event.currentTarget.value })} />}
          <TextField label={t('agent_description')} rows={2} value={draft.agent_description} error={problems.get('agent_description') ?? problems.get('description')} onChange={(event) => set({ agent_description: event.currentTarget.value })} />
        </Card>
        <Card title={t('for_customers')}>
          <Field label={t('portal_title')} hint={t('portal_title_hint')} value={draft.title_in_portal} error={problems.get('title_in_portal')} onChange={(event) => set({ title_in_portal: event.currentTarget.value })} />
          <TextField label={t('portal_description')} rows={2} value={draft.description} onChange={(event) => set({ description: event.currentTarget.value })} />
        </Card>
        <Card title={t('rules')}>{kFlags.map((each) => <Check key={each} label={t(`flag.${each}`)} hint={each === 'required' || each === 'active' ? t(`flag_hint.${each}`) : undefined} checked={draft[each]} onChange={(event) => set({ [each]: event.currentTarget.checked })} />)}</Card>
        <SaveBar editor={editor} back="/admin/fields" fieldWords={(key) => t(`part.${String(key)}`, { defaultValue: String(key) })} />
      </form>
    </Page>
  );
}

export default function FieldEditor({ params }: ScreenProps) {
  return <EditorPage<TicketField> path={kPath} name="ticket_field" id={params.id!}>{(field) => <Editor field={field} />}</EditorPage>;
}
