// What a token may do: all that its owner may, only read, or what is ticked.
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { usePermissionWord } from '@/screens/admin/people/words';

export type Reach = 'all' | 'read' | 'some';

export function Scopes({ reach, chosen, trouble, onReach, onChosen }: { reach: Reach; chosen: string[]; trouble?: string; onReach: (reach: Reach) => void; onChosen: (chosen: string[]) => void }) {
  const t = useWords('me');
  const permissionWord = usePermissionWord();
  const { permissions } = useSession();
  return (
    <fieldset className="mb-3">
      <legend className="mb-1 text-sm font-semibold">{t('tokens.may')}</legend>
      {(['read', 'some', 'all'] as const).map((each) => (
        <label key={each} className="mb-1 flex items-center gap-2"><input type="radio" name="reach" checked={reach === each} onChange={() => onReach(each)} className="size-4 accent-accent" />{t(`tokens.reach_${each}`)}</label>
      ))}
      {reach === 'some' && (
        <div className="mt-2 ml-6 grid gap-1 sm:grid-cols-2">
          {[...permissions].map((each) => (
            <label key={each} className="flex items-start gap-2"><input type="checkbox" className="mt-1 size-4 shrink-0 accent-accent" checked={chosen.includes(each)}
              onChange={(event) => onChosen(event.currentTarget.checked ? [...chosen, each] : chosen.filter((name) => name !== each))} /><span>{permissionWord(each)} <code className="text-xs text-faint">{each}</code></span></label>
          ))}
        </div>
      )}
      {trouble && <p role="alert" className="mt-1 text-sm text-bad">{trouble}</p>}
    </fieldset>
  );
}
