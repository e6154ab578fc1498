// Which working hours a policy counts by.
import { useQuery } from '@tanstack/react-query';
import { get } from '@/api/http';
import { useWords } from '@/i18n';
import { Select } from '@/kit/Field';

export function ScheduleChoice({ value, error, onChange }: { value: string; error?: string; onChange: (value: string) => void }) {
  const t = useWords('sla');
  const schedules = useQuery({ queryKey: ['known', 'schedules'], queryFn: ({ signal }) => get('/api/v2/business_hours/schedules?page[size]=100', signal), staleTime: 60_000 });
  return (
    <Select label={t('schedule')} boxClass="mt-3 max-w-sm" value={value} error={error} hint={<>{t('schedule_hint')} <a href="#/admin/schedules">{t('schedules_go')}</a></>} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{t('schedule_of_group')}</option>
      {(schedules.data?.schedules ?? []).map((each) => <option key={String(each.id)} value={String(each.id)}>{each.name}</option>)}
    </Select>
  );
}
