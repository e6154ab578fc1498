// One status of the workspace's own.
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
import { categories, draftOfStatus, type Category, type CustomStatus, type StatusDraft } from './model';

const kPath = '/api/v2/custom_statuses';

function Editor({ status }: { status: CustomStatus | null }) {
  const t = useWords('fields');
  const editor = useEditor<CustomStatus, StatusDraft>({
    path: kPath, name: 'custom_status', saved: status, toDraft: draftOfStatus, onSaved: (saved, isNew) => { notice(t('statuses.saved')); if (isNew) go(`/admin/statuses/${saved.id}`, { replace: true }); },
  });
  const { draft, set, problems } = editor;
  const isFixed = Boolean(status?.built_in);
  return (
    <Page title={status ? status.agent_label : t('statuses.add')} actions={status && !isFixed && <Button look="danger" onClick={() => void removeDefinition({ path: kPath, name: 'custom_status', thing: status, title: status.agent_label, text: t('statuses.delete_text'), back: '/admin/fields?tab=statuses', release: editor.release })}>{t('common:delete')}</Button>}>
      {isFixed && <p className="mb-4 text-faint">{t('status_built_in')}</p>}
      <form noValidate onSubmit={(event) => { event.preventDefault(); editor.save(); }}>
        <fieldset disabled={isFixed} className="min-w-0">
          <Card>
            <Select label={t('category_label')} hint={t(`category_text.${draft.status_category}`)} value={draft.status_category} error={problems.get('status_category')} onChange={(event) => set({ status_category: event.currentTarget.value as Category })}>
              {categories.map((each) => <option key={each} value={each}>{t(`category.${each}`)}</option>)}
            </Select>
            <Field label={t('agent_label')} required value={draft.agent_label} error={problems.get('agent_label')} onChange={(event) => set({ agent_label: event.currentTarget.value })} />
            <TextField label={t('status_description')} rows={2} value={draft.description} error={problems.get('description')} onChange={(event) => set({ description: event.currentTarget.value })} />
          </Card>
          <Card title={t('for_customers')}>
            <Field label={t('end_user_label')} hint={t('end_user_label_hint')} value={draft.end_user_label} error={problems.get('end_user_label')} onChange={(event) => set({ end_user_label: event.currentTarget.value })} />
            <TextField label={t('status_description')} rows={2} value={draft.end_user_description} onChange={(event) => set({ end_user_description: event.currentTarget.value })} />
          </Card>
          <Card title={t('rules')}>
            <Check label={t('status_default')} hint={t('status_default_hint')} checked={draft.default} onChange={(event) => set({ default: event.currentTarget.checked })} />
            {problems.get('default') && <p role="alert" className="mb-2 text-sm text-bad">{problems.get('default')}</p>}
            <Check label={t('flag.active')} checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
            {problems.get('active') && <p role="alert" className="mb-2 text-sm text-bad">{problems.get('active')}</p>}
          </Card>
        </fieldset>
        {!isFixed && (
          <SaveBar editor={editor} back="/admin/fields?tab=statuses" fieldWords={(key) => t(`part.${String(key)}`, { defaultValue: String(key) })} />
        )}
      </form>
    </Page>
  );
}

export default function StatusEditor({ params }: ScreenProps) {
  return <EditorPage<CustomStatus> path={kPath} name="custom_status" id={params.id!}>{(status) => <Editor status={status} />}</EditorPage>;
}
