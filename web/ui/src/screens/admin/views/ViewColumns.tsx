// Which columns a view shows, in which order; by what it is sorted and grouped.
import { Button } from '@/kit/Button';
import { Select } from '@/kit/Field';
import { useWords, type Words } from '@/i18n';
import type { Problems, ViewColumn } from '@/kit/conditions/types';
import { useKnown } from '@/kit/conditions/useKnown';
import { Sortable } from '@/kit/editor/Sortable';
import type { Output } from './model';

export function useColumns(columns: ViewColumn[]): { all: ViewColumn[]; titleOf: (id: string) => string } {
  const t: Words = useWords('rules');
  const { fields } = useKnown();
  const own = fields.filter((each) => each.removable).map((each): ViewColumn => ({ id: String(each.id), title: each.title, sortable: false, groupable: false }));
  const all = [...columns.map((each) => ({ ...each, title: t(`column.${each.id}`, { defaultValue: each.title }) })), ...own];
  return { all, titleOf: (id) => all.find((each) => each.id === id)?.title ?? id };
}

export function ViewColumns({ columns, output, problems, onChange }: { columns: ViewColumn[]; output: Output; problems: Problems; onChange: (output: Output) => void }) {
  const t = useWords('rules');
  const { all, titleOf } = useColumns(columns);
  const set = (change: Partial<Output>) => onChange({ ...output, ...change });
  const order = (name: 'sort_order' | 'group_order', label: string) => (
    <Select label={label} value={output[name]} onChange={(event) => set({ [name]: event.currentTarget.value as 'asc' | 'desc' })}>
      <option value="asc">{t('order.asc')}</option><option value="desc">{t('order.desc')}</option>
    </Select>
  );
  const problem = problems.get('output.columns');
  return (
    <div className="grid gap-x-6 md:grid-cols-2">
      <div>
        <h3 className="mb-1">{t('views.columns')}</h3>
        <div className="mb-2 rounded-lg border border-line">
          <Sortable label={t('views.columns')} items={output.columns} itemKey={(each) => each} nameOf={titleOf} onMove={(next) => set({ columns: next })}>
            {(each) => <div className="flex items-center gap-2 py-1 pl-1"><span className="min-w-0 flex-1 truncate">{titleOf(each)}</span><Button look="quiet" aria-label={t('remove_what', { what: titleOf(each) })} onClick={() => set({ columns: output.columns.filter((other) => other !== each) })}>×</Button></div>}
          </Sortable>
          {output.columns.length === 0 && <p className="p-2 text-sm text-faint">{t('views.no_columns')}</p>}
        </div>
        {problem && <p role="alert" className="mb-2 text-sm text-bad">{problem}</p>}
        <Select label={t('views.add_column')} isLabelHidden value="" onChange={(event) => { if (event.currentTarget.value) set({ columns: [...output.columns, event.currentTarget.value] }); event.currentTarget.value = ''; }}>
          <option value="">{t('views.add_column')}</option>
          {all.filter((each) => !output.columns.includes(each.id)).map((each) => <option key={each.id} value={each.id}>{each.title}</option>)}
        </Select>
      </div>
      <div>
        <div className="grid grid-cols-2 gap-2">
          <Select label={t('views.sort_by')} error={problems.get('output.sort_by')} value={output.sort_by} onChange={(event) => set({ sort_by: event.currentTarget.value })}>
            {all.filter((each) => each.sortable).map((each) => <option key={each.id} value={each.id}>{each.title}</option>)}
          </Select>
          {order('sort_order', t('views.sort_order'))}
          <Select label={t('views.group_by')} error={problems.get('output.group_by')} value={output.group_by} onChange={(event) => set({ group_by: event.currentTarget.value })}>
            <option value="">{t('common:none')}</option>
            {all.filter((each) => each.groupable).map((each) => <option key={each.id} value={each.id}>{each.title}</option>)}
          </Select>
          {order('group_order', t('views.group_order'))}
        </div>
      </div>
    </div>
  );
}
