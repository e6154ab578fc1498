// The titles of a list's columns; those that it can be sorted by are buttons.
import type { Words } from '@/i18n';
import type { Column } from './columns';

export interface Sorting { by: string; order: 'asc' | 'desc'; canSort: boolean; onSort: (column: string) => void }

export function GridHead({ columns, template, sorting, canSelect, isAll, isSome, onAll, t }: { columns: Column[]; template: string; sorting: Sorting | null; canSelect: boolean; isAll: boolean; isSome: boolean; onAll: () => void; t: Words }) {
  return (
    <div role="row" aria-rowindex={1} className="grid h-9 items-center border-b border-line-strong bg-ground text-sm font-semibold text-faint" style={{ gridTemplateColumns: template }}>
      {canSelect && (
        <span role="columnheader" className="h-full">
          <label className="flex h-full w-10 cursor-pointer items-center justify-center">
            <input type="checkbox" className="size-4 accent-accent" checked={isAll} ref={(box) => { if (box) box.indeterminate = isSome && !isAll; }} onChange={onAll} aria-label={t('list.select_all')} />
          </label>
        </span>
      )}
      {columns.map((each) => {
        const isSorted = sorting?.by === each.sort && each.sort !== undefined;
        return (
          <span key={each.id} role="columnheader" aria-sort={isSorted ? (sorting!.order === 'asc' ? 'ascending' : 'descending') : undefined} className="min-w-0 truncate px-2">
            {each.sort && sorting?.canSort
              ? <button type="button" className="min-h-6 max-w-full truncate hover:text-ink" onClick={() => sorting.onSort(each.sort!)}>{each.title}{isSorted && <span aria-hidden> {sorting.order === 'asc' ? '↑' : '↓'}</span>}</button>
              : each.title}
          </span>
        );
      })}
    </div>
  );
}
