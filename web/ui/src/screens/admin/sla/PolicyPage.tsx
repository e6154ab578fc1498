// One SLA policy: for which tickets, what is promised, by which working hours, and what that would have meant so far.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get, wordsOf } from '@/api/http';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { ConditionBuilder } from '@/kit/conditions/ConditionBuilder';
import type { Problems } from '@/kit/conditions/types';
import { EditorPage } from '@/kit/editor/EditorPage';
import { removeDefinition } from '@/kit/editor/remove';
import { SaveBar } from '@/kit/editor/SaveBar';
import { useEditor } from '@/kit/editor/useEditor';
import { Check, Field } from '@/kit/Field';
import { Card, Failed, Page } from '@/kit/Page';
import { Wait } from '@/kit/Wait';
import { asksGroup, bodyOf, draftOf, groupDraftOf, wrongCells, type Definitions, type Policy, type PolicyDraft } from './model';
import { ScheduleChoice } from './ScheduleChoice';
import type { Side } from './sides';
import { Targets } from './Targets';
import { Trial } from './Trial';

// The API calls the conditions "filter"; the editor of conditions does not. `noGroup`: what is said where no group is asked for.
function asConditions(problems: Problems, noGroup: string): Problems {
  const out = new Map([...problems].map(([at, words]) => [at.replace(/^filter\./, 'conditions.'), words]));
  if (noGroup) out.set('conditions.all', noGroup);
  return out;
}

function Editor({ side, policy, definitions }: { side: Side; policy: Policy | null; definitions: Definitions }) {
  const t = useWords('sla');
  const { path, name, plural, place } = side;
  const mayChange = useSession().can('settings:manage');
  const [isNoGroup, setNoGroup] = useState(false);
  const editor = useEditor<Policy, PolicyDraft>({
    path, name, saved: policy, toDraft: side.ofGroups ? groupDraftOf : draftOf, toBody: (part) => bodyOf(part, side),
    onSaved: (saved, isNew) => { notice(t('saved')); if (isNew) go(`${place}/${saved.id}`, { replace: true }); },
  });
  const { draft, set, problems } = editor;
  const submit = () => {
    const isWithoutGroup = side.ofGroups && !asksGroup(draft.filter);
    setNoGroup(isWithoutGroup);
    if (isWithoutGroup) { notice(t('group.needed'), { kind: 'failed' }); return; }
    if (wrongCells(draft.promises).length > 0) { notice(t('no_span'), { kind: 'failed' }); document.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(); return; }
    editor.save();
  };
  const targetProblem = problems.get('policy_metrics') ?? [...problems].find(([at]) => at.startsWith('policy_metrics['))?.[1] ?? problems.get('targets');
  const noGroup = isNoGroup && !asksGroup(draft.filter) ? t('group.needed') : '';
  return (
    <Page isWide title={policy ? policy.title : t(`rules:${plural}.add`)} intro={t(`rules:${plural}.intro`)}
      actions={policy && mayChange && <Button look="danger" onClick={() => void removeDefinition({ path, name, thing: policy, title: policy.title, text: t(side.ofGroups ? 'group.delete_text' : 'delete_text'), back: place, release: editor.release })}>{t('common:delete')}</Button>}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); submit(); }}>
        <fieldset disabled={!mayChange} className="min-w-0">
          <Card>
            <Field label={t('rules:title')} required value={draft.title} error={problems.get('title')} onChange={(event) => set({ title: event.currentTarget.value })} />
            <Field label={t('rules:description')} value={draft.description} error={problems.get('description')} onChange={(event) => set({ description: event.currentTarget.value })} />
            <Check label={t('active')} checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
          </Card>
          <Card title={t('for_which')}>
            <p className="mb-3 max-w-prose text-sm text-faint">{t('for_which_hint')}{side.ofGroups && <> {t('group.needed')} <a href="#/groups">{t('group.all')}</a></>}</p>
            <ConditionBuilder of="policy" rows={definitions} value={draft.filter} problems={asConditions(problems, noGroup)} onChange={(filter) => set({ filter })} />
          </Card>
          <Card title={t('targets')}>
            <p className="mb-3 max-w-prose text-sm text-faint">{t('targets_hint')}</p>
            <Targets metrics={definitions.metrics} value={draft.promises} error={targetProblem} onChange={(promises) => set({ promises })} />
            {side.ofGroups ? <p className="mt-3 max-w-prose text-sm text-faint">{t('group.schedule')} <a href="#/admin/schedules">{t('schedules_go')}</a></p>
              : <ScheduleChoice value={draft.schedule_id} error={problems.get('schedule_id')} onChange={(schedule_id) => set({ schedule_id })} />}
          </Card>
        </fieldset>
        {mayChange && <Trial side={side} id={policy?.id ?? null} draft={draft} />}
        {mayChange && <SaveBar editor={{ ...editor, save: submit }} back={place} fieldWords={(key) => t(`part.${String(key)}`)} />}
      </form>
    </Page>
  );
}

export function PolicyPage({ side, id }: { side: Side; id: string }) {
  const t = useWords();
  const { path, name } = side;
  const table = useQuery({ queryKey: ['known', name, 'definitions'], queryFn: ({ signal }) => get<{ definitions: Definitions }>(`${path}/definitions`, signal), staleTime: 60_000 });
  if (table.isError) return <Failed words={wordsOf(table.error)} onAgain={() => void table.refetch()} again={t('again')} />;
  if (!table.data) return <Wait />;
  const { definitions } = table.data;
  return <EditorPage<Policy> path={path} name={name} id={id}>{(policy) => <Editor side={side} policy={policy} definitions={definitions} />}</EditorPage>;
}
