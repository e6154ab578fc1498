// Two documents beside each other; on a narrow screen one line beneath the other.
import { useMemo, useState } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { folded, lineDiff, type Row, type Side } from './line_diff';

function Half({ side, sign, tone }: { side: Side | null; sign: string; tone: string }) {
  return (
    <td className={`w-1/2 max-w-0 px-2 py-px align-top max-md:block max-md:w-full max-md:max-w-none ${side ? tone : 'bg-ground max-md:hidden'}`}>
      {side && <span className="flex gap-2"><span aria-hidden className="w-8 shrink-0 text-right text-faint select-none">{side.line}</span><span aria-hidden className="w-2 shrink-0 select-none">{sign}</span><span className="min-w-0 flex-1 break-all whitespace-pre-wrap">{side.text || ' '}</span></span>}
    </td>
  );
}

function Line({ row }: { row: Row }) {
  const t = useWords('operate');
  if (row.kind === 'same') return <tr className="max-md:block"><Half side={row.left} sign="" tone="" /><td className="w-1/2 max-w-0 px-2 py-px align-top max-md:hidden"><span className="flex gap-2"><span aria-hidden className="w-8 shrink-0 text-right text-faint select-none">{row.right?.line}</span><span className="w-2 shrink-0" /><span className="min-w-0 flex-1 break-all whitespace-pre-wrap">{row.right?.text || ' '}</span></span></td></tr>;
  return <tr className="max-md:block" aria-label={t(`diff.${row.kind}`)}><Half side={row.left} sign="−" tone="bg-bad-ground" /><Half side={row.right} sign="+" tone="bg-good-ground" /></tr>;
}

export function SideBySide({ before, after, names }: { before: string; after: string; names: [string, string] }) {
  const t = useWords('operate');
  const parts = useMemo(() => folded(lineDiff(before, after)), [before, after]);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  if (parts.every((each) => each.kind === 'fold')) return <p className="text-faint">{t('compare.same')}</p>;
  return (
    <div className="overflow-x-auto rounded-lg border border-line" tabIndex={0} role="region" aria-label={t('compare.documents')}>
      <table className="w-full table-fixed border-collapse font-mono text-[0.8rem]">
        <caption className="sr-only">{t('compare.documents')}</caption>
        <thead className="max-md:hidden"><tr>{names.map((each) => <th key={each} scope="col" className="border-b border-line px-2 py-1 text-left font-sans text-sm text-faint">{each}</th>)}</tr></thead>
        <tbody>
          {parts.map((part, at) => (part.kind !== 'fold' ? <Line key={at} row={part} /> : open.has(at) ? part.rows.map((row, line) => <Line key={`${at}.${line}`} row={row} />) : (
            <tr key={at} className="max-md:block"><td colSpan={2} className="bg-ground text-center max-md:block"><Button look="quiet" onClick={() => setOpen(new Set([...open, at]))}>{t('compare.unfold', { count: part.rows.length })}</Button></td></tr>
          )))}
        </tbody>
      </table>
    </div>
  );
}
