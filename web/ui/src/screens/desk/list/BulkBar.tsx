// What can be done to the selected tickets.
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { DialogComing } from '@/app/ahead';
import { useCommands, type Command } from '@/app/keys';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { useAgents, useGroups } from '../ticket/data/queries';
import { deleteMany, spamMany, updateMany } from './bulk';
import { sizeOf, type SelectionTools } from './selection';
import { kPriorities, kStatuses } from '@/screens/desk/types';
import type { DoBulk } from './useBulk';
import { useDock } from '@/kit/useDock';

const BulkDialog = lazy(() => import('./BulkDialog'));
export type Asking = 'tags' | 'macro' | 'merge';

function Chooser({ label, options, onChoose }: { label: string; options: { value: string; name: string }[]; onChoose: (value: string, name: string) => void }) {
  return (
    <select aria-label={label} value="" className="min-h-7 max-w-28 rounded-md border border-line-strong bg-paper px-1.5 py-1"
      onChange={(event) => { const chosen = options.find((each) => each.value === event.currentTarget.value); if (chosen) onChoose(chosen.value, chosen.name); }}>
      <option value="">{label}</option>
      {options.map((each) => <option key={each.value} value={each.value}>{each.name}</option>)}
    </select>
  );
}

export function BulkBar({ tools, total, ids, doBulk }: { tools: SelectionTools; total: number; ids: string[]; doBulk: DoBulk }) {
  const t = useWords('desk');
  const { can, me } = useSession();
  const [asking, setAsking] = useState<Asking | null>(null);
  const count = sizeOf(tools.selection, total);
  const { data: agents } = useAgents(count > 0);
  const { data: groups } = useGroups(count > 0);
  const set = (title: string, change: Record<string, unknown>) => void doBulk({ title, start: updateMany(change) });
  const mayWrite = can('tickets:write');
  const mayDelete = can('tickets:delete');

  const commands = useMemo<Command[]>(() => (count === 0 ? [] : [
    ...(mayWrite ? [
      { id: 'bulk.solve', title: t('bulk.solve'), group: t('bulk.group'), keys: 'Shift+E', run: () => void doBulk({ title: t('bulk.solve'), start: updateMany({ status: 'solved' }) }) },
      { id: 'bulk.take', title: t('bulk.take'), group: t('bulk.group'), keys: 'Shift+A', run: () => void doBulk({ title: t('bulk.take'), start: updateMany({ assignee_id: me.id }) }) },
      { id: 'bulk.tags', title: t('bulk.tags'), group: t('bulk.group'), keys: 'Shift+T', run: () => setAsking('tags') },
      { id: 'bulk.macro', title: t('bulk.macro'), group: t('bulk.group'), keys: 'Shift+M', run: () => setAsking('macro') },
    ] : []),
    ...(mayDelete ? [{ id: 'bulk.delete', title: t('bulk.delete'), group: t('bulk.group'), keys: '#', run: () => void doBulk({ title: t('bulk.delete'), start: deleteMany, isDangerous: true, text: t('bulk.delete_text') }) }] : []),
  ]), [t, count === 0, mayWrite, mayDelete, me.id, doBulk]);
  useCommands(commands);

  const bar = useRef<HTMLDivElement>(null);
  useDock(bar, count > 0);

  if (count === 0) return null;
  return (
    <div ref={bar} role="toolbar" aria-label={t('bulk.toolbar')} className="flex shrink-0 items-center gap-1.5 border-t border-line-strong bg-accent-ground px-3 py-2 *:shrink-0 *:whitespace-nowrap max-md:overflow-x-auto md:flex-wrap">
      <strong role="status" className="whitespace-nowrap">{t('bulk.count', { count, number: number(count) })}</strong>
      {!tools.selection.isAll && total > count && <Button look="quiet" className="whitespace-nowrap" onClick={tools.all}>{t('bulk.all', { number: number(total) })}</Button>}
      <Button look="quiet" onClick={tools.clear}>{t('bulk.none')}</Button>
      {mayWrite && (
        <>
          <Chooser label={t('column.status')} options={kStatuses.filter((each) => each !== 'new' && each !== 'closed').map((each) => ({ value: each, name: t(`status.${each}`) }))} onChoose={(value, name) => set(t('bulk.set', { what: t('column.status'), value: name }), { status: value })} />
          <Chooser label={t('column.assignee')} options={[{ value: '-', name: t('bulk.nobody') }, ...(agents ?? []).filter((each) => each.active).map((each) => ({ value: String(each.id), name: each.name || each.email }))]}
            onChoose={(value, name) => set(t('bulk.set', { what: t('column.assignee'), value: name }), { assignee_id: value === '-' ? null : value })} />
          {(groups?.length ?? 0) > 0 && <Chooser label={t('column.group')} options={(groups ?? []).map((each) => ({ value: String(each.id), name: each.name }))} onChoose={(value, name) => set(t('bulk.set', { what: t('column.group'), value: name }), { group_id: value })} />}
          <Chooser label={t('column.priority')} options={kPriorities.map((each) => ({ value: each, name: t(`priority.${each}`) }))} onChoose={(value, name) => set(t('bulk.set', { what: t('column.priority'), value: name }), { priority: value })} />
          <Button onClick={() => setAsking('tags')}>{t('bulk.tags')}</Button>
          <Button onClick={() => setAsking('macro')}>{t('bulk.macro')}</Button>
          {count > 1 && !tools.selection.isAll && count <= 50 && <Button onClick={() => setAsking('merge')}>{t('bulk.merge')}</Button>}
        </>
      )}
      {mayDelete && (
        <>
          <Button onClick={() => void doBulk({ title: t('bulk.spam'), start: spamMany, isDangerous: true, text: t('bulk.spam_text') })}>{t('bulk.spam')}</Button>
          <Button look="danger" onClick={() => void doBulk({ title: t('bulk.delete'), start: deleteMany, isDangerous: true, text: t('bulk.delete_text') })}>{t('bulk.delete')}</Button>
        </>
      )}
      {asking && <Suspense fallback={<DialogComing />}><BulkDialog asking={asking} ids={ids} count={count} doBulk={doBulk} onClose={() => setAsking(null)} /></Suspense>}
    </div>
  );
}
