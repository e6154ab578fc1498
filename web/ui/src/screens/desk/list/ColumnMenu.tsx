// Which columns the list shows: kept in this browser, or put into the view for everybody who sees it.
import { useState } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { useFields } from '../ticket/data/queries';
import { kColumnIds } from './columns';

const kBuiltIn = new Set(['subject', 'description', 'status', 'tickettype', 'priority', 'group', 'assignee']);
const kMost = 15; // of a view

export function ColumnMenu({ chosen, isOwn, onChoose, onSave }: { chosen: string[]; isOwn: boolean; onChoose: (ids: string[] | null) => void; onSave?: (ids: string[]) => Promise<void> }) {
  const t = useWords('desk');
  const [isOpen, setOpen] = useState(false);
  const { data: fields } = useFields(isOpen);
  const custom = (fields ?? []).filter((each) => each.active && !kBuiltIn.has(each.type));
  const all = [...chosen, ...kColumnIds.filter((each) => !chosen.includes(each)), ...custom.map((each) => String(each.id)).filter((each) => !chosen.includes(each))];
  const titleOf = (id: string) => custom.find((each) => String(each.id) === id)?.title ?? t(`column.${id}`);
  const toggle = (id: string) => onChoose(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  const move = (id: string, by: number) => {
    const next = chosen.filter((each) => each !== id);
    next.splice(Math.max(0, chosen.indexOf(id) + by), 0, id);
    onChoose(next);
  };
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>{t('columns.title')}</Button>
      {isOpen && (
        <Dialog title={t('columns.title')} onClose={() => setOpen(false)}>
          <ul className="max-h-[50vh] overflow-auto">
            {all.map((each) => (
              <li key={each} className="flex min-h-8 items-center gap-2">
                <label className="flex flex-1 items-center gap-2"><input type="checkbox" className="size-4 accent-accent" checked={chosen.includes(each)} disabled={each === 'subject' || (!chosen.includes(each) && chosen.length >= kMost)} onChange={() => toggle(each)} />{titleOf(each)}</label>
                {chosen.includes(each) && <><Button look="quiet" disabled={chosen[0] === each} aria-label={t('columns.up', { what: titleOf(each) })} onClick={() => move(each, -1)}>↑</Button><Button look="quiet" disabled={chosen.at(-1) === each} aria-label={t('columns.down', { what: titleOf(each) })} onClick={() => move(each, 1)}>↓</Button></>}
              </li>
            ))}
          </ul>
          <div className="mt-4 flex flex-wrap justify-end gap-2">
            {isOwn && <Button onClick={() => onChoose(null)}>{t('columns.usual')}</Button>}
            {isOwn && onSave && <Button onClick={() => void onSave(chosen).then(() => setOpen(false))}>{t('columns.save')}</Button>}
            <Button look="main" onClick={() => setOpen(false)}>{t('columns.done')}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
