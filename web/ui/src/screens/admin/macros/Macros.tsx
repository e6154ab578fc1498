// Steps that agents take again and again, shared and one's own.
import { useQuery } from '@tanstack/react-query';
import { get, put } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { useActionWords } from '@/kit/actions/wording';
import type { Definitions } from '@/kit/conditions/types';
import { RuleList } from '@/kit/editor/RuleList';
import { kPath, type Macro } from './model';

const reorder = (macros: Macro[]) => put(`${kPath}/reorder`, { macro_ids: macros.map((each) => each.id) });

export default function Macros() {
  const t = useWords('rules');
  const { can } = useSession();
  const table = useQuery({ queryKey: ['known', 'macros', 'definitions'], queryFn: ({ signal }) => get<{ definitions: Definitions }>(`${kPath}/definitions`, signal), staleTime: 60_000 });
  const words = useActionWords(table.data?.definitions.actions ?? []);
  const mayManage = can('settings:manage');
  const line = (macro: Macro) => (
    <>
      {macro.restriction && <><Badge>{t(`audience.${macro.restriction.type}`)}</Badge>{' '}</>}
      {macro.description || macro.actions.slice(0, 3).map(words).join(' · ')}
    </>
  );
  return <RuleList<Macro> plural="macros" name="macro" query="?include=usage" mayAdd mayChange={(macro) => mayManage || macro.restriction?.type === 'User'} canSort={mayManage} reorder={reorder}
    line={line} side={(macro) => t('macros.used', { count: macro.usage_7d ?? 0 })} />;
}
