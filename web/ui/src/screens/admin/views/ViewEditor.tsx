// One view: what it asks, what it shows, and which tickets that is right now.
import { useQuery } from '@tanstack/react-query';
import { get } from '@/api/http';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Check, Field } from '@/kit/Field';
import { Card, Page } from '@/kit/Page';
import { Wait } from '@/kit/Wait';
import { ConditionBuilder } from '@/kit/conditions/ConditionBuilder';
import type { ViewDefinitions } from '@/kit/conditions/types';
import { Audience } from '@/kit/editor/Audience';
import { EditorPage } from '@/kit/editor/EditorPage';
import { removeDefinition } from '@/kit/editor/remove';
import { SaveBar } from '@/kit/editor/SaveBar';
import { useEditor } from '@/kit/editor/useEditor';
import { draftOf, kPath, type View, type ViewDraft } from './model';
import { ViewColumns } from './ViewColumns';
import { ViewPreview } from './ViewPreview';

function Editor({ view, definitions }: { view: View | null; definitions: ViewDefinitions }) {
  const t = useWords('rules');
  const { can, me } = useSession();
  const mayShare = can('settings:manage');
  const editor = useEditor<View, ViewDraft>({
    path: kPath, name: 'view', saved: view, toDraft: mayShare ? draftOf : (saved) => (saved ? draftOf(saved) : { ...draftOf(null), restriction: { type: 'User', id: me.id } }),
    onSaved: (saved, isNew) => { notice(t('views.saved')); if (isNew) go(`/admin/views/${saved.id}`, { replace: true }); },
  });
  const { draft, set, problems } = editor;
  const mayChange = mayShare || !view || view.restriction?.type === 'User';
  return (
    <Page isWide title={view ? view.title : t('views.add')} actions={view && mayChange && <Button look="danger" onClick={() => void removeDefinition({ path: kPath, name: 'view', thing: view, title: view.title, text: t('views.delete_text'), back: '/admin/views', release: editor.release })}>{t('common:delete')}</Button>}>
      {!mayChange && <p className="mb-4 rounded-lg border border-warn bg-warn-ground p-3 text-warn">{t('views.read_only')}</p>}
      <form noValidate onSubmit={(event) => { event.preventDefault(); editor.save(); }}>
        <fieldset disabled={!mayChange} className="min-w-0">
          <Card>
            <Field label={t('title')} required maxLength={250} value={draft.title} error={problems.get('title')} onChange={(event) => set({ title: event.currentTarget.value })} />
            <Field label={t('description')} value={draft.description} error={problems.get('description')} onChange={(event) => set({ description: event.currentTarget.value })} />
            <Audience value={draft.restriction} problems={problems} onChange={(restriction) => set({ restriction })} />
            <Check label={t('views.active')} checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
          </Card>
          <Card title={t('views.which')}>
            <p className="mb-3 max-w-prose text-sm text-faint">{t('views.which_hint')}</p>
            <ConditionBuilder of="view" rows={{ all: definitions.conditions_all, any: definitions.conditions_any }} value={draft.conditions} problems={problems} onChange={(conditions) => set({ conditions })} />
          </Card>
          <Card title={t('views.shows')}><ViewColumns columns={definitions.columns} output={draft.output} problems={problems} onChange={(output) => set({ output })} /></Card>
        </fieldset>
        <ViewPreview conditions={draft.conditions} output={draft.output} columns={definitions.columns} />
        <SaveBar editor={editor} back="/admin/views" fieldWords={(key) => t(`part.${String(key)}`)} />
      </form>
    </Page>
  );
}

export default function ViewEditor({ params }: ScreenProps) {
  const table = useQuery({ queryKey: ['known', 'views', 'definitions'], queryFn: ({ signal }) => get<{ definitions: ViewDefinitions }>(`${kPath}/definitions`, signal), staleTime: 60_000 });
  if (!table.data) return <Wait />;
  const { definitions } = table.data;
  return <EditorPage<View> path={kPath} name="view" id={params.id!}>{(view) => <Editor view={view} definitions={definitions} />}</EditorPage>;
}
