// Rules that wait for time to pass.
import { useQuery } from '@tanstack/react-query';
import { get, put } from '@/api/http';
import { useSession } from '@/app/session';
import { RuleList } from '@/kit/editor/RuleList';
import type { Rule } from '../triggers/model';
import { RuleLine, RuleSide } from '../triggers/RuleLine';

const reorder = (automations: Rule[]) => put('/api/v2/automations/reorder', { automation_ids: automations.map((each) => each.id) });

export default function Automations() {
  const mayChange = useSession().can('settings:manage');
  const table = useQuery({ queryKey: ['known', 'automations', 'definitions'], queryFn: ({ signal }) => get('/api/v2/automations/definitions', signal), staleTime: 60_000 });
  return <RuleList<Rule> plural="automations" name="automation" query="?include=usage" mayAdd={mayChange} mayChange={() => mayChange} canSort={mayChange} reorder={reorder}
    line={(rule) => <RuleLine rule={rule} definitions={table.data?.definitions} />} side={(rule) => <RuleSide rule={rule} />} />;
}
