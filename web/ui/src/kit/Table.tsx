// A plain table that scrolls sideways by itself on a narrow screen; with `isStacked` each row is a card there, its cells
// under each other with their titles. The roles are said: what is no table to the eye stays one to who hears it.
import type { Key, ReactNode } from 'react';

export interface Column<Row> { title: string; isTitleHidden?: boolean; cell: (row: Row) => ReactNode; className?: string }
interface Props<Row> { caption: string; columns: Column<Row>[]; rows: Row[]; rowKey: (row: Row) => Key; empty?: ReactNode; isStacked?: boolean }

const stacked = { table: 'max-sm:block', head: 'max-sm:sr-only', body: 'max-sm:block', row: 'max-sm:block max-sm:py-2',
  cell: 'max-sm:flex max-sm:flex-wrap max-sm:gap-x-2 max-sm:!border-0 max-sm:!px-0 max-sm:!py-0.5 max-sm:!text-left max-sm:[&>button:first-child]:-ml-2.5 max-sm:before:text-faint max-sm:before:content-[attr(data-title)]' };
const flat: typeof stacked = { table: '', head: '', body: '', row: '', cell: '' };

export function Table<Row>({ caption, columns, rows, rowKey, empty, isStacked = false }: Props<Row>) {
  if (rows.length === 0 && empty) return <p className="p-4 text-center text-faint">{empty}</p>;
  const look = isStacked ? stacked : flat;
  return (
    <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={caption}>
      <table role="table" className={`w-full border-collapse text-left ${look.table}`}>
        <caption className="sr-only">{caption}</caption>
        <thead role="rowgroup" className={look.head}><tr role="row">{columns.map((each) => <th key={each.title} role="columnheader" scope="col" className={`border-b border-line-strong px-2 py-1.5 text-sm font-semibold whitespace-nowrap text-faint ${each.className?.includes('text-right') ? 'text-right' : ''}`}>{each.isTitleHidden ? <span className="sr-only">{each.title}</span> : each.title}</th>)}</tr></thead>
        <tbody role="rowgroup" className={look.body}>
          {rows.map((row) => (
            <tr role="row" key={rowKey(row)} className={`border-b border-line align-baseline ${look.row}`}>
              {columns.map((each) => <td role="cell" key={each.title} data-title={each.isTitleHidden ? undefined : each.title} className={`px-2 py-1.5 ${each.className ?? ''} ${look.cell}`}>{each.cell(row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
