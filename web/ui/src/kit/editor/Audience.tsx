// Who sees a view or a macro: everybody, some groups, or oneself.
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Several } from '@/kit/conditions/Several';
import type { Problems } from '@/kit/conditions/types';
import { useKnown } from '@/kit/conditions/useKnown';
import type { Id } from '@/api/http';

export interface Restriction { type: 'User' | 'Group'; id?: Id; ids?: Id[] }

export function Audience({ value, problems, onChange }: { value: Restriction | null; problems: Problems; onChange: (value: Restriction | null) => void }) {
  const t = useWords('rules');
  const { can, me } = useSession();
  const { groups } = useKnown();
  const mayShare = can('settings:manage');
  const now = value?.type ?? 'all';
  const ids = (value?.ids ?? (value?.id !== undefined ? [value.id] : [])).map(String);
  const error = problems.get('restriction.id') ?? problems.get('restriction.ids') ?? problems.get('restriction.type') ?? problems.get('restriction');
  const choose = (type: 'all' | 'User' | 'Group') => onChange(type === 'all' ? null : type === 'User' ? { type, id: me.id } : { type, ids: [] });
  return (
    <fieldset className="mb-3">
      <legend className="mb-1 text-sm font-semibold">{t('audience.title')}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        {(['all', 'Group', 'User'] as const).map((each) => (
          <label key={each} className="inline-flex min-h-6 items-center gap-2">
            <input type="radio" name="audience" className="size-4 accent-accent" checked={now === each} disabled={!mayShare && each !== 'User'} onChange={() => choose(each)} />{t(`audience.${each}`)}
          </label>
        ))}
      </div>
      {!mayShare && <p className="mt-1 text-sm text-faint">{t('audience.own_only')}</p>}
      {now === 'Group' && <div className="mt-2">{groups.length ? <Several label={t('audience.groups')} choices={groups} values={ids} error={error} onChange={(next) => onChange({ type: 'Group', ids: next })} /> : <p className="text-sm text-faint">{t('audience.no_groups')}</p>}</div>}
      {now !== 'Group' && error && <p role="alert" className="mt-1 text-sm text-bad">{error}</p>}
    </fieldset>
  );
}
