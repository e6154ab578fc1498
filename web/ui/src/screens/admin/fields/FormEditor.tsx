// One form: which fields a ticket asks for, in which order.
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { useKnown } from '@/kit/conditions/useKnown';
import { EditorPage } from '@/kit/editor/EditorPage';
import { removeDefinition } from '@/kit/editor/remove';
import { SaveBar } from '@/kit/editor/SaveBar';
import { Sortable } from '@/kit/editor/Sortable';
import { useEditor } from '@/kit/editor/useEditor';
import { Check, Field, Select } from '@/kit/Field';
import { Card, Page } from '@/kit/Page';
import { draftOfForm, type FormDraft, type TicketForm } from './model';

const kPath = '/api/v2/ticket_forms';

function Editor({ form }: { form: TicketForm | null }) {
  const t = useWords('fields');
  const known = useKnown();
  const editor = useEditor<TicketForm, FormDraft>({
    path: kPath, name: 'ticket_form', saved: form, toDraft: draftOfForm, onSaved: (saved, isNew) => { notice(t('forms.saved')); if (isNew) go(`/admin/forms/${saved.id}`, { replace: true }); },
  });
  const { draft, set, problems } = editor;
  const titleOf = (id: string) => { const field = known.fields.find((each) => String(each.id) === id); return field ? (field.removable ? field.title : t(`built_in_field.${field.type}`, { defaultValue: field.title })) : t('gone_field', { id }); };
  const problem = problems.get('ticket_field_ids');
  return (
    <Page title={form ? form.name : t('forms.add')} actions={form && <Button look="danger" onClick={() => void removeDefinition({ path: kPath, name: 'ticket_form', thing: form, title: form.name, text: t('forms.delete_text'), back: '/admin/fields?tab=forms', release: editor.release })}>{t('common:delete')}</Button>}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); editor.save(); }}>
        <Card>
          <Field label={t('form_name')} required value={draft.name} error={problems.get('name')} onChange={(event) => set({ name: event.currentTarget.value })} />
          <Field label={t('display_name')} hint={t('display_name_hint')} value={draft.display_name} error={problems.get('display_name')} onChange={(event) => set({ display_name: event.currentTarget.value })} />
        </Card>
        <Card title={t('fields.title')}>
          <p className="mb-2 max-w-prose text-sm text-faint">{t('form_fields_hint')}</p>
          <div className="mb-2 rounded-lg border border-line">
            <Sortable label={t('fields.title')} items={draft.ticket_field_ids} itemKey={(each) => each} nameOf={titleOf} onMove={(ticket_field_ids) => set({ ticket_field_ids })}>
              {(each) => <div className="flex items-center gap-2 py-1 pl-1"><span className="min-w-0 flex-1 truncate">{titleOf(each)}</span><Button look="quiet" aria-label={t('rules:remove_what', { what: titleOf(each) })} onClick={() => set({ ticket_field_ids: draft.ticket_field_ids.filter((other) => other !== each) })}>×</Button></div>}
            </Sortable>
            {draft.ticket_field_ids.length === 0 && <p className="p-2 text-sm text-faint">{t('form_no_fields')}</p>}
          </div>
          {problem && <p role="alert" className="mb-2 text-sm text-bad">{problem}</p>}
          <Select label={t('form_add_field')} isLabelHidden value="" onChange={(event) => { if (event.currentTarget.value) set({ ticket_field_ids: [...draft.ticket_field_ids, event.currentTarget.value] }); event.currentTarget.value = ''; }}>
            <option value="">{t('form_add_field')}</option>
            {known.fields.filter((each) => !draft.ticket_field_ids.includes(String(each.id))).map((each) => <option key={String(each.id)} value={String(each.id)}>{titleOf(String(each.id))}</option>)}
          </Select>
        </Card>
        <Card title={t('rules')}>
          <Check label={t('form_default')} hint={t('form_default_hint')} checked={draft.default} aria-invalid={problems.has('default') || undefined} onChange={(event) => set({ default: event.currentTarget.checked })} />
          {problems.get('default') && <p role="alert" className="mb-2 text-sm text-bad">{problems.get('default')}</p>}
          <Check label={t('flag.visible_in_portal')} checked={draft.end_user_visible} onChange={(event) => set({ end_user_visible: event.currentTarget.checked })} />
          <Check label={t('flag.active')} checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
          {problems.get('active') && <p role="alert" className="mb-2 text-sm text-bad">{problems.get('active')}</p>}
        </Card>
        <SaveBar editor={editor} back="/admin/fields?tab=forms" fieldWords={(key) => t(`part.${String(key)}`, { defaultValue: String(key) })} />
      </form>
    </Page>
  );
}

export default function FormEditor({ params }: ScreenProps) {
  return <EditorPage<TicketForm> path={kPath} name="ticket_form" id={params.id!}>{(form) => <Editor form={form} />}</EditorPage>;
}
