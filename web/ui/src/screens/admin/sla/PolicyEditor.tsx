// One SLA policy: for which tickets, what is promised, by which working hours, and what that would have meant so far.
import { useQuery } from '@tanstack/react-query';
import { get, wordsOf } from '@/api/http';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { ConditionBuilder } from '@/kit/conditions/ConditionBuilder';
import type { Problems } from '@/kit/conditions/types';
import { EditorPage } from '@/kit/editor/EditorPage';
import { removeDefinition } from '@/kit/editor/remove';
import { SaveBar } from '@/kit/editor/SaveBar';
import { useEditor } from '@/kit/editor/useEditor';
import { Check, Field, Select } from '@/kit/Field';
import { Card, Failed, Page } from '@/kit/Page';
import { Wait } from '@/kit/Wait';
import { bodyOf, draftOf, kPath, wrongCells, type Definitions, type Policy, type PolicyDraft } from './model';
import { Targets } from './Targets';
import { Trial } from './Trial';

// The API calls the conditions "filter"; the editor of conditions does not.
const asConditions = (problems: Problems): Problems => new Map([...problems].map(([at, words]) => [at.replace(/^filter\./, 'conditions.'), words]));

function Editor({ policy, definitions }: { policy: Policy | null; definitions: Definitions }) {
  const t = useWords('sla');
  const mayChange = useSession().can('settings:manage');
  const schedules = useQuery({ queryKey: ['known', 'schedules'], queryFn: ({ signal }) => get('/api/v2/business_hours/schedules?page[size]=100', signal), staleTime: 60_000 });
  const editor = useEditor<Policy, PolicyDraft>({
    path: kPath, name: 'sla_policy', saved: policy, toDraft: draftOf, toBody: bodyOf,
    onSaved: (saved, isNew) => { notice(t('saved')); if (isNew) go(`/admin/sla/${saved.id}`, { replace: true }); },
  });
  const { draft, set, problems } = editor;
  const submit = () => {
    if (wrongCells(draft.promises).length > 0) { notice(t('no_span'), { kind: 'failed' }); document.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(); return; }
    editor.save();
  };
  const targetProblem = problems.get('policy_metrics') ?? [...problems].find(([at]) => at.startsWith('policy_metrics['))?.[1] ?? problems.get('targets');
  return (
    <Page isWide title={policy ? policy.title : t('rules:sla_policies.add')} intro={t('rules:sla_policies.intro')}
      actions={policy && mayChange && <Button look="danger" onClick={() => void removeDefinition({ path: kPath, name: 'sla_policy', thing: policy, title: policy.title, text: t('delete_text'), back: '/admin/sla', release: editor.release })}>{t('common:delete')}</Button>}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); submit(); }}>
        <fieldset disabled={!mayChange} className="min-w-0">
          <Card>
            <Field label={t('rules:title')} required value={draft.title} error={problems.get('title')} onChange={(event) => set({ title: event.currentTarget.value })} />
            <Field label={t('rules:description')} value={draft.description} error={problems.get('description')} onChange={(event) => set({ description: event.currentTarget.value })} />
            <Check label={t('active')} checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
          </Card>
          <Card title={t('for_which')}>
            <p className="mb-3 max-w-prose text-sm text-faint">{t('for_which_hint')}</p>
            <ConditionBuilder of="view" rows={definitions} value={draft.filter} problems={asConditions(problems)} onChange={(filter) => set({ filter })} />
          </Card>
          <Card title={t('targets')}>
            <p className="mb-3 max-w-prose text-sm text-faint">{t('targets_hint')}</p>
            <Targets metrics={definitions.metrics} value={draft.promises} error={targetProblem} onChange={(promises) => set({ promises })} />
            <Select label={t('schedule')} boxClass="mt-3 max-w-sm" value={draft.schedule_id} error={problems.get('schedule_id')} hint={<>{t('schedule_hint')} <a href="#/admin/schedules">{t('schedules_go')}</a></>} onChange={(event) => set({ schedule_id: event.currentTarget.value })}>
              <option value="">{t('schedule_of_group')}</option>
              {(schedules.data?.schedules ?? []).map((each) => <option key={String(each.id)} value={String(each.id)}>{each.name}</option>)}
            </Select>
          </Card>
        </fieldset>
        {mayChange && <Trial id={policy?.id ?? null} draft={draft} />}
        {mayChange && <SaveBar editor={editor} back="/admin/sla" fieldWords={(key) => t(`part.${String(key)}`)} />}
      </form>
    </Page>
  );
}

export default function PolicyEditor({ params }: ScreenProps) {
  const t = useWords();
  const table = useQuery({ queryKey: ['known', 'sla', 'definitions'], queryFn: ({ signal }) => get<{ definitions: Definitions }>(`${kPath}/definitions`, signal), staleTime: 60_000 });
  if (table.isError) return <Failed words={wordsOf(table.error)} onAgain={() => void table.refetch()} again={t('again')} />;
  if (!table.data) return <Wait />;
  const { definitions } = table.data;
  return <EditorPage<Policy> path={kPath} name="sla_policy" id={params.id!}>{(policy) => <Editor policy={policy} definitions={definitions} />}</EditorPage>;
}
