// What the desk puts into the left rail: a new ticket, and the views with their live counts.
import { lazy, Suspense, useMemo } from 'react';
import { createPortal } from 'react-dom';
import { useCommands, type Command } from '@/app/keys';
import { go } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { useRun } from './list/bulk';
import { useViewCounts, useViews, viewTitle } from './list/views';

const BulkProgress = lazy(() => import('./list/BulkProgress'));
const kNumbered = 9; // views with a key: "g 1" to "g 9"

export function DeskRail({ path }: { path: string }) {
  const t = useWords('desk');
  const { can } = useSession();
  const run = useRun();
  const { data: views } = useViews();
  const ids = useMemo(() => (views ?? []).map((each) => String(each.id)), [views]);
  const counts = useViewCounts(ids);
  const mayOpen = can('tickets:write') && (can('tickets:reply') || can('notes:write'));
  const commands = useMemo<Command[]>(() => [...(mayOpen ? [{ id: 'desk.new', title: t('rail.new_ticket'), group: t('rail.anywhere'), keys: 'n', isFrame: true, run: () => go('/tickets/new') }] : []), ...(views ?? []).map((each, at) => ({
    id: `view.${at < kNumbered ? `number_${at + 1}` : String(each.id)}`, title: t('rail.go_to_view', { title: viewTitle(t, each) }), group: t('rail.views'), keys: at < kNumbered ? `g ${at + 1}` : undefined, isFrame: true, run: () => go(`/views/${each.id}`),
  }))], [views, t, mayOpen]);
  useCommands(commands);
  if (!can('tickets:read')) return null;
  return (
    <>
      {mayOpen && <a href="#/tickets/new" className="mx-2 mt-2 flex min-h-7 items-center justify-center rounded-md bg-accent px-2.5 py-1 font-semibold text-on-accent no-underline hover:brightness-110">{t('rail.new_ticket')}</a>}
      {(views?.length ?? 0) > 0 && (
        <section aria-label={t('rail.views')} className="mt-3">
          <h2 className="px-3 text-xs font-semibold tracking-wide text-faint uppercase">{t('rail.views')}</h2>
          <ul>
            {views!.map((each) => {
              const count = counts.get(String(each.id));
              const words = count?.value == null ? (count?.building === undefined ? '' : `${count.building} %`) : number(count.value);
              return (
                <li key={String(each.id)}>
                  <a href={`#/views/${each.id}`} aria-current={path === `/views/${each.id}` ? 'page' : undefined} title={viewTitle(t, each)}
                    className="flex min-h-7 items-center gap-2 rounded px-3 py-0.5 text-ink no-underline hover:bg-accent-ground aria-[current]:bg-accent-ground aria-[current]:font-semibold">
                    <span className="min-w-0 flex-1 truncate">{viewTitle(t, each)}</span>
                    <span data-count className={`shrink-0 text-sm tabular-nums ${count?.value ? 'font-semibold' : 'text-faint'}`}>{words}</span>
                  </a>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      {run && createPortal(<Suspense fallback={null}><BulkProgress /></Suspense>, document.body)}
    </>
  );
}
