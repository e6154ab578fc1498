// What is promised to whom, in the order in which it is looked for.
import { put } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { RuleList } from '@/kit/editor/RuleList';
import { kPriorities } from '@/screens/desk/types';
import { cellOf, draftOf, kPath, type Policy } from './model';

const reorder = (policies: Policy[]) => put(`${kPath}/reorder`, { sla_policy_ids: policies.map((each) => each.id) });

function Line({ policy }: { policy: Policy }) {
  const t = useWords('sla');
  const { cells } = draftOf(policy).promises;
  const metrics = [...new Set(policy.policy_metrics.map((each) => each.metric))];
  const said = metrics.map((metric) => `${t(`metric.${metric}`)}: ${kPriorities.flatMap((each) => cells[cellOf(metric, each)] ?? []).join(' / ')}`).join(' · ');
  return <>{policy.description ? `${policy.description} – ` : ''}{said || t('no_targets')}</>;
}

export default function Policies() {
  const mayChange = useSession().can('settings:manage');
  return <RuleList<Policy> plural="sla_policies" name="sla_policy" path={kPath} place="/admin/sla" mayAdd={mayChange} mayChange={() => mayChange} canSort={mayChange} reorder={reorder} line={(policy) => <Line policy={policy} />} />;
}
