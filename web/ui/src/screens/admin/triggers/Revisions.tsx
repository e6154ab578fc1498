// What the trigger was before, and who changed it; an old one can be taken into the editor, and is saved from there.
import { useQuery } from '@tanstack/react-query';
import { type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { useNames } from '@/kit/conditions/useKnown';
import type { Definitions } from '@/kit/conditions/types';
import { allPages } from '@/kit/editor/allPages';
import { Card } from '@/kit/Page';
import { Time } from '@/kit/Time';
import { draftOfRule, type Revision, type RuleDraft } from './model';
import { RuleLine } from './RuleLine';

export function useRevisions(id: Id) {
  return useQuery({ queryKey: ['defined', 'trigger_revisions', String(id)], queryFn: ({ signal }) => allPages<Revision>(`/api/v2/triggers/${id}/revisions`, 'trigger_revisions', signal) });
}

export function Revisions({ id, current, definitions, onTake }: { id: Id; current: number; definitions: Definitions; onTake: (draft: RuleDraft) => void }) {
  const t = useWords('rules');
  const list = useRevisions(id);
  const nameOf = useNames('users', (list.data ?? []).flatMap((each) => (each.author_id === null ? [] : [String(each.author_id)])));
  if (!list.data || list.data.length === 0) return null;
  return (
    <Card title={t('revisions.title')}>
      <ul>
        {list.data.map((each) => (
          <li key={String(each.id)} className="flex flex-wrap items-start gap-x-3 gap-y-1 border-b border-line py-2 last:border-b-0">
            <div className="min-w-0 flex-1">
              <p><span className="font-semibold">{t('revisions.number', { n: String(each.id) })}</span> · <Time at={each.created_at} isExact /> · {each.author_id === null ? <Badge>{t('triggers.shipped')}</Badge> : (nameOf(String(each.author_id)) ?? t('value.person'))}</p>
              <p className="text-sm text-faint [overflow-wrap:anywhere]"><RuleLine rule={each} definitions={definitions} /></p>
            </div>
            {Number(each.id) === current ? <Badge tone="accent">{t('revisions.current')}</Badge> : <Button onClick={() => onTake(draftOfRule(each))} aria-label={t('revisions.take_what', { n: String(each.id) })}>{t('revisions.take')}</Button>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
