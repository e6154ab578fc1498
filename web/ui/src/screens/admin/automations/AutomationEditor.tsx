// One automation: what has to be so for how long, what it does then, and for which tickets that is now or soon.
import { useQuery } from '@tanstack/react-query';
import { get } from '@/api/http';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import type { Definitions } from '@/kit/conditions/types';
import { EditorPage } from '@/kit/editor/EditorPage';
import { removeDefinition } from '@/kit/editor/remove';
import { SaveBar } from '@/kit/editor/SaveBar';
import { useEditor } from '@/kit/editor/useEditor';
import { Page } from '@/kit/Page';
import { Wait } from '@/kit/Wait';
import { DryRun } from '../triggers/DryRun';
import { draftOfRule, type Rule, type RuleDraft } from '../triggers/model';
import { RuleForm } from '../triggers/RuleForm';
import { Reach } from './Reach';

const kPath = '/api/v2/automations';
const draftOf = (rule: Rule | null): RuleDraft => (rule ? draftOfRule(rule) : {
  title: '', description: '', active: false,
  conditions: { all: [{ field: 'status', operator: 'is', value: 'solved' }, { field: 'SOLVED', operator: 'greater_than', value: '96' }], any: [] }, actions: [{ field: 'status', value: 'closed' }],
});

function Editor({ rule, definitions }: { rule: Rule | null; definitions: Definitions }) {
  const t = useWords('rules');
  const mayChange = useSession().can('settings:manage');
  const editor = useEditor<Rule, RuleDraft>({
    path: kPath, name: 'automation', saved: rule, toDraft: draftOf,
    onSaved: (saved, isNew) => { notice(t('automations.saved')); if (isNew) go(`/admin/automations/${saved.id}`, { replace: true }); },
  });
  return (
    <Page title={rule ? rule.title : t('automations.add')} actions={rule && mayChange && <Button look="danger" onClick={() => void removeDefinition({ path: kPath, name: 'automation', thing: rule, title: rule.title, text: t('automations.delete_text'), back: '/admin/automations', release: editor.release })}>{t('common:delete')}</Button>}
      intro={rule && t('usage', { count: rule.usage_total ?? 0, day: number(rule.usage_24h ?? 0), week: number(rule.usage_7d ?? 0), total: number(rule.usage_total ?? 0) })}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); editor.save(); }}>
        <RuleForm of="automation" draft={editor.draft} definitions={definitions} problems={editor.problems} mayChange={mayChange} set={editor.set} />
        <Reach conditions={editor.draft.conditions} />
        {mayChange && <DryRun of="automation" draft={editor.draft} definitions={definitions} />}
        {mayChange && (
          <SaveBar editor={editor} back="/admin/automations" fieldWords={(key) => t(`part.${String(key)}`)} />
        )}
      </form>
    </Page>
  );
}

export default function AutomationEditor({ params }: ScreenProps) {
  const table = useQuery({ queryKey: ['known', 'automations', 'definitions'], queryFn: ({ signal }) => get<{ definitions: Definitions }>(`${kPath}/definitions`, signal), staleTime: 60_000 });
  if (!table.data) return <Wait />;
  const { definitions } = table.data;
  return <EditorPage<Rule> path={kPath} name="automation" id={params.id!}>{(rule) => <Editor rule={rule} definitions={definitions} />}</EditorPage>;
}
