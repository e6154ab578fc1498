// Lists of tickets, shared and one's own.
import { useQuery } from '@tanstack/react-query';
import { get, put, type Id } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import type { Definitions } from '@/kit/conditions/types';
import { useWording } from '@/kit/conditions/wording';
import { RuleList } from '@/kit/editor/RuleList';
import { viewTitle } from '@/screens/desk/list/views';
import { kPath, type View } from './model';

const kManyMax = 100;

// Only those whose place has changed are sent.
async function reorder(views: View[]) {
  const moves = views.map((each, at) => ({ id: each.id, position: at + 1, was: each.position })).filter((each) => each.position !== each.was).map(({ id, position }) => ({ id, position }));
  for (let at = 0; at < moves.length; at += kManyMax) await put(`${kPath}/update_many`, { views: moves.slice(at, at + kManyMax) });
}

function Count({ id }: { id: Id }) {
  const t = useWords('rules');
  const count = useQuery({ queryKey: ['defined', 'view_count', String(id)], queryFn: ({ signal }) => get<{ view_count: { value: number | null; building?: number } }>(`${kPath}/${id}/count`, signal) });
  if (!count.data) return null;
  const { value, building } = count.data.view_count;
  return <>{building !== undefined ? t('views.building', { percent: building }) : value === null ? '' : t('views.tickets', { count: value, amount: number(value) })}</>;
}

export default function Views() {
  const t = useWords('rules');
  const desk = useWords('desk');
  const { can } = useSession();
  const words = useWording();
  const table = useQuery({ queryKey: ['known', 'views', 'definitions'], queryFn: ({ signal }) => get<{ definitions: Definitions }>(`${kPath}/definitions`, signal), staleTime: 60_000 });
  const rows = table.data?.definitions.conditions_all ?? [];
  const mayManage = can('settings:manage');
  const line = (view: View) => (
    <>
      {view.restriction?.type === 'User' && <Badge>{t('audience.User')}</Badge>} {view.restriction?.type === 'Group' && <Badge>{t('audience.Group')}</Badge>}{' '}
      {view.description || [...view.conditions.all, ...view.conditions.any].slice(0, 3).map((each) => words.sentence(each, rows.find((row) => row.subject === each.field))).join(' · ')}
    </>
  );
  return <RuleList<View> plural="views" name="view" mayAdd mayChange={(view) => mayManage || view.restriction?.type === 'User'} canSort={mayManage} reorder={reorder} titleOf={(view) => viewTitle(desk, view)} line={line} side={(view) => view.active && <Count id={view.id} />} />;
}
