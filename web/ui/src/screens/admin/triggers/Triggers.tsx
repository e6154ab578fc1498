// Rules that look at every change of a ticket, in the order in which they are asked.
import { useQuery } from '@tanstack/react-query';
import { get, put } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { RuleList } from '@/kit/editor/RuleList';
import { triggerTitle, type Trigger } from './model';
import { RuleLine, RuleSide } from './RuleLine';

const reorder = (triggers: Trigger[]) => put('/api/v2/triggers/reorder', { trigger_ids: triggers.map((each) => each.id) });

export default function Triggers() {
  const t = useWords('rules');
  const mayChange = useSession().can('settings:manage');
  const table = useQuery({ queryKey: ['known', 'triggers', 'definitions'], queryFn: ({ signal }) => get('/api/v2/triggers/definitions', signal), staleTime: 60_000 });
  return (
    <>
      <RuleList<Trigger> plural="triggers" name="trigger" query="?include=usage" mayAdd={mayChange} mayChange={() => mayChange} canSort={mayChange} reorder={reorder} titleOf={(trigger) => triggerTitle(t, trigger)}
        line={(trigger) => <RuleLine rule={trigger} definitions={table.data?.definitions} />} side={(trigger) => <RuleSide rule={trigger} />} />
      <details className="mx-auto -mt-1 mb-6 w-full max-w-4xl px-4">
        <summary className="cursor-pointer font-semibold">{t('triggers.order_title')}</summary>
        <p className="mt-1 max-w-prose text-faint">{t('triggers.order_text')}</p>
        <p className="mt-1 max-w-prose text-faint">{t('triggers.loop_text')}</p>
      </details>
    </>
  );
}
