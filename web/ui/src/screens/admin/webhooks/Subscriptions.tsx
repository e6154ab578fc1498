// Which events are told.
import { useWords } from '@/i18n';
import type { Problems } from '@/kit/conditions/types';
import { eventGroups } from './model';

const kKnown = new Set(Object.values(eventGroups).flat());

export function Subscriptions({ value, problems, onChange }: { value: string[]; problems: Problems; onChange: (value: string[]) => void }) {
  const t = useWords('webhooks');
  const others = value.filter((each) => !kKnown.has(each));
  const problem = problems.get('subscriptions');
  const box = (event: string, isRaw = false) => (
    <label key={event} className="flex min-h-6 items-start gap-2">
      <input type="checkbox" className="mt-1 size-4 shrink-0 accent-accent" checked={value.includes(event)} onChange={(change) => onChange(change.currentTarget.checked ? [...value, event] : value.filter((each) => each !== event))} />
      <span>{isRaw ? <code>{event}</code> : <>{t(`event.${event.replace('.', '_')}`)} <code className="text-xs text-faint max-sm:hidden">{event}</code></>}</span>
    </label>
  );
  return (
    <>
      {(Object.keys(eventGroups) as (keyof typeof eventGroups)[]).map((group) => (
        <fieldset key={group} className="mb-3"><legend className="mb-1 text-sm font-semibold">{t(`events.${group}`)}</legend><div className="grid gap-x-4 sm:grid-cols-2">{eventGroups[group].map((each) => box(each))}</div></fieldset>
      ))}
      {others.length > 0 && <fieldset className="mb-3"><legend className="mb-1 text-sm font-semibold">{t('events.others')}</legend>{others.map((each) => box(each, true))}</fieldset>}
      {problem && <p role="alert" className="text-sm text-bad">{problem}</p>}
      {value.length === 0 && <p className="text-sm text-warn">{t('no_events')}</p>}
    </>
  );
}
