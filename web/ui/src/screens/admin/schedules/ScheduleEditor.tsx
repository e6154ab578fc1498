// One schedule: its week, its time zone, the groups that follow it, its holidays.
import { useId } from 'react';
import { notice } from '@/app/notices';
import { go } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Several } from '@/kit/conditions/Several';
import { useKnown } from '@/kit/conditions/useKnown';
import { EditorPage } from '@/kit/editor/EditorPage';
import { removeDefinition } from '@/kit/editor/remove';
import { SaveBar } from '@/kit/editor/SaveBar';
import { useEditor } from '@/kit/editor/useEditor';
import { Check, Field } from '@/kit/Field';
import { Card, Page } from '@/kit/Page';
import { Holidays } from './Holidays';
import { bodyOf, draftOf, kPath, zones, type Schedule, type ScheduleDraft } from './model';
import { Week } from './Week';
import { wrongSpans } from './week';

function Editor({ schedule }: { schedule: Schedule | null }) {
  const t = useWords('sla');
  const list = useId();
  const known = useKnown();
  const mayChange = useSession().can('settings:manage');
  const editor = useEditor<Schedule, ScheduleDraft>({
    path: kPath, name: 'schedule', saved: schedule, toDraft: draftOf, toBody: bodyOf,
    onSaved: (saved, isNew) => { notice(t('schedules.saved')); if (isNew) go(`/admin/schedules/${saved.id}`, { replace: true }); },
  });
  const { draft, set, problems } = editor;
  const submit = () => {
    if (wrongSpans(draft.days).size > 0) { notice(t('week.wrong'), { kind: 'failed' }); document.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(); return; }
    editor.save();
  };
  return (
    <Page title={schedule ? schedule.name : t('schedules.add')} intro={t('schedules.intro')}
      actions={schedule && mayChange && <Button look="danger" onClick={() => void removeDefinition({ path: kPath, name: 'schedule', thing: schedule, title: schedule.name, text: t('schedules.delete_text'), back: '/admin/schedules', release: editor.release })}>{t('common:delete')}</Button>}>
      <form noValidate onSubmit={(event) => { event.preventDefault(); submit(); }}>
        <fieldset disabled={!mayChange} className="min-w-0">
          <Card>
            <Field label={t('rules:title')} required value={draft.name} error={problems.get('name')} onChange={(event) => set({ name: event.currentTarget.value })} />
            <Field label={t('schedules.zone')} list={list} value={draft.time_zone} error={problems.get('time_zone')} hint={t('schedules.zone_hint')} onChange={(event) => set({ time_zone: event.currentTarget.value })} />
            <datalist id={list}>{zones().map((each) => <option key={each} value={each} />)}</datalist>
            <Check label={t('schedules.active')} checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
          </Card>
          <Card title={t('schedules.week')}><Week days={draft.days} error={problems.get('intervals')} onChange={(days) => set({ days })} /></Card>
          {known.groups.length > 0 && (
            <Card title={t('schedules.groups')}>
              <p className="mb-2 max-w-prose text-sm text-faint">{t('schedules.groups_hint')}</p>
              <Several label={t('schedules.groups')} choices={known.groups} values={draft.group_ids} error={problems.get('group_ids')} onChange={(group_ids) => set({ group_ids })} />
            </Card>
          )}
        </fieldset>
        {mayChange && <SaveBar editor={editor} back="/admin/schedules" fieldWords={(key) => t(`part.${String(key)}`)} />}
      </form>
      {schedule && <div className="mt-4"><Holidays schedule={schedule.id} mayChange={mayChange} /></div>}
    </Page>
  );
}

export default function ScheduleEditor({ params }: ScreenProps) {
  return <EditorPage<Schedule> path={kPath} name="schedule" id={params.id!}>{(schedule) => <Editor schedule={schedule} />}</EditorPage>;
}
