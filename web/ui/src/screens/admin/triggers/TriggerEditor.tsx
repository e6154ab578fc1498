// One trigger: what it asks and does, tried on past tickets before it is switched on, explained after.
import { useQuery } from '@tanstack/react-query';
import { get } from '@/api/http';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import type { Definitions } from '@/kit/conditions/types';
import { EditorPage } from '@/kit/editor/EditorPage';
import { removeDefinition } from '@/kit/editor/remove';
import { SaveBar } from '@/kit/editor/SaveBar';
import { useEditor } from '@/kit/editor/useEditor';
import { Page } from '@/kit/Page';
import { Wait } from '@/kit/Wait';
import { DryRun } from './DryRun';
import { Explain } from './Explain';
import { draftOfRule, type RuleDraft, type Trigger } from './model';
import { Revisions, useRevisions } from './Revisions';
import { RuleForm } from './RuleForm';

const kPath = '/api/v2/triggers';
const draftOf = (trigger: Trigger | null): RuleDraft => (trigger ? draftOfRule(trigger)
  : { title: '', description: '', active: false, conditions: { all: [{ field: 'update_type', operator: 'is', value: 'Create' }], any: [] }, actions: [] });

function Use({ trigger }: { trigger: Trigger }) {
  const t = useWords('rules');
  const revisions = useRevisions(trigger.id);
  const isShipped = revisions.data?.some((each) => each.author_id === null);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      {isShipped && <Badge title={t('triggers.shipped_hint')}>{t('triggers.shipped')}</Badge>}
      <span>{t('usage', { count: trigger.usage_total ?? 0, day: number(trigger.usage_24h ?? 0), week: number(trigger.usage_7d ?? 0), total: number(trigger.usage_total ?? 0) })}</span>
      {trigger.timing && <span>{t('timing', { mean: number(Math.round(trigger.timing.mean_us)), slowest: number(Math.round(trigger.timing.slowest_us)) })}</span>}
      {(trigger.loops ?? 0) > 0 && <span className="text-bad">{t('triggers.looped', { count: trigger.loops })}</span>}
    </div>
  );
}

function Editor({ trigger, definitions }: { trigger: Trigger | null; definitions: Definitions }) {
  const t = useWords('rules');
  const mayChange = useSession().can('settings:manage');
  const editor = useEditor<Trigger, RuleDraft>({
    path: kPath, name: 'trigger', saved: trigger, toDraft: draftOf,
    onSaved: (saved, isNew) => { notice(t('triggers.saved')); if (isNew) go(`/admin/triggers/${saved.id}`, { replace: true }); },
  });
  return (
    <Page title={trigger ? trigger.title : t('triggers.add')} actions={trigger && mayChange && <Button look="danger" onClick={() => void removeDefinition({ path: kPath, name: 'trigger', thing: trigger, title: trigger.title, text: t('triggers.delete_text'), back: '/admin/triggers', release: editor.release })}>{t('common:delete')}</Button>} intro={trigger && <Use trigger={trigger} />}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); editor.save(); }}>
        <RuleForm of="trigger" draft={editor.draft} definitions={definitions} problems={editor.problems} mayChange={mayChange} set={editor.set} />
        {mayChange && <DryRun draft={editor.draft} definitions={definitions} />}
        {trigger && <Explain trigger={trigger} definitions={definitions} isDirty={editor.isDirty} />}
        {trigger && <Revisions id={trigger.id} current={trigger.revision} definitions={definitions} onTake={(draft) => { editor.replace(draft); notice(t('revisions.taken')); }} />}
        {mayChange && (
          <SaveBar editor={editor} back="/admin/triggers" fieldWords={(key) => t(`part.${String(key)}`)} />
        )}
      </form>
    </Page>
  );
}

export default function TriggerEditor({ params }: ScreenProps) {
  const table = useQuery({ queryKey: ['known', 'triggers', 'definitions'], queryFn: ({ signal }) => get<{ definitions: Definitions }>(`${kPath}/definitions`, signal), staleTime: 60_000 });
  if (!table.data) return <Wait />;
  const { definitions } = table.data;
  return <EditorPage<Trigger> path={kPath} name="trigger" id={params.id!}>{(trigger) => <Editor trigger={trigger} definitions={definitions} />}</EditorPage>;
}
