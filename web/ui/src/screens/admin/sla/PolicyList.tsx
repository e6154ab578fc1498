// What is promised to whom, in the order in which it is looked for.
import { put } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { RuleList } from '@/kit/editor/RuleList';
import { kPriorities } from '@/screens/desk/types';
import { cellOf, draftOf, type Policy } from './model';
import type { Side } from './sides';

function Line({ policy }: { policy: Policy }) {
  const t = useWords('sla');
  const { cells } = draftOf(policy).promises;
  const metrics = [...new Set(policy.policy_metrics.map((each) => each.metric))];
  const said = metrics.map((metric) => `${t(`metric.${metric}`)}: ${kPriorities.flatMap((each) => cells[cellOf(metric, each)] ?? []).join(' / ')}`).join(' · ');
  return <>{policy.description ? `${policy.description} – ` : ''}{said || t('no_targets')}</>;
}

export function PolicyList({ side }: { side: Side }) {
  const { plural, name, path, place, order } = side;
  const mayChange = useSession().can('settings:manage');
  const reorder = (policies: Policy[]) => put(`${path}/reorder`, { [order]: policies.map((each) => each.id) });
  return <RuleList<Policy> plural={plural} name={name} path={path} place={place} mayAdd={mayChange} mayChange={() => mayChange} canSort={mayChange} reorder={reorder} line={(policy) => <Line policy={policy} />} />;
}
