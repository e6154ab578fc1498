// One macro: who has it, what it does, and what that would be on a ticket.
import { useQuery } from '@tanstack/react-query';
import { get } from '@/api/http';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { ActionBuilder } from '@/kit/actions/ActionBuilder';
import { PlaceholderHelp } from '@/kit/actions/PlaceholderHelp';
import { Button } from '@/kit/Button';
import type { FieldRow } from '@/kit/conditions/types';
import { Audience } from '@/kit/editor/Audience';
import { EditorPage } from '@/kit/editor/EditorPage';
import { removeDefinition } from '@/kit/editor/remove';
import { SaveBar } from '@/kit/editor/SaveBar';
import { useEditor } from '@/kit/editor/useEditor';
import { Check, Field } from '@/kit/Field';
import { Card, Page } from '@/kit/Page';
import { Wait } from '@/kit/Wait';
import { MacroPreview } from './MacroPreview';
import { draftOf, kPath, type Macro, type MacroDraft } from './model';

function Editor({ macro, rows }: { macro: Macro | null; rows: FieldRow[] }) {
  const t = useWords('rules');
  const { can, me } = useSession();
  const mayShare = can('settings:manage');
  const mayChange = mayShare || !macro || macro.restriction?.type === 'User';
  const editor = useEditor<Macro, MacroDraft>({
    path: kPath, name: 'macro', saved: macro, toDraft: mayShare ? draftOf : (saved) => (saved ? draftOf(saved) : { ...draftOf(null), restriction: { type: 'User', id: me.id } }),
    onSaved: (saved, isNew) => { notice(t('macros.saved')); if (isNew) go(`/admin/macros/${saved.id}`, { replace: true }); },
  });
  const { draft, set, problems } = editor;
  return (
    <Page title={macro ? macro.title : t('macros.add')} actions={macro && mayChange && <Button look="danger" onClick={() => void removeDefinition({ path: kPath, name: 'macro', thing: macro, title: macro.title, text: t('macros.delete_text'), back: '/admin/macros', release: editor.release })}>{t('common:delete')}</Button>} intro={macro && t('macros.usage', { week: macro.usage_7d ?? 0, count: macro.usage_total ?? 0 })}>
      {!mayChange && <p className="mb-4 rounded-lg border border-warn bg-warn-ground p-3 text-warn">{t('macros.read_only')}</p>}
      <form noValidate onSubmit={(event) => { event.preventDefault(); editor.save(); }}>
        <fieldset disabled={!mayChange} className="min-w-0">
          <Card>
            <Field label={t('title')} hint={t('macros.title_hint')} required value={draft.title} error={problems.get('title')} onChange={(event) => set({ title: event.currentTarget.value })} />
            <Field label={t('description')} value={draft.description} error={problems.get('description')} onChange={(event) => set({ description: event.currentTarget.value })} />
            <Audience value={draft.restriction} problems={problems} onChange={(restriction) => set({ restriction })} />
            <Check label={t('macros.active')} checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
          </Card>
          <Card>
            <ActionBuilder rows={rows} value={draft.actions} problems={problems} onChange={(actions) => set({ actions })} />
            <PlaceholderHelp />
          </Card>
        </fieldset>
        {macro && <MacroPreview id={macro.id} isDirty={editor.isDirty} />}
        <SaveBar editor={editor} back="/admin/macros" fieldWords={(key) => t(`part.${String(key)}`)} />
      </form>
    </Page>
  );
}

export default function MacroEditor({ params }: ScreenProps) {
  const table = useQuery({ queryKey: ['known', 'macros', 'definitions'], queryFn: ({ signal }) => get<{ definitions: { actions: FieldRow[] } }>(`${kPath}/definitions`, signal), staleTime: 60_000 });
  if (!table.data) return <Wait />;
  const rows = table.data.definitions.actions;
  return <EditorPage<Macro> path={kPath} name="macro" id={params.id!}>{(macro) => <Editor macro={macro} rows={rows} />}</EditorPage>;
}
