// Which tickets the view would list now, counted, before it is saved.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiError, post, wordsOf, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Time } from '@/kit/Time';
import type { Conditions, ViewColumn } from '@/kit/conditions/types';
import { kCustom } from '@/kit/conditions/kinds';
import { useKnown, useNames } from '@/kit/conditions/useKnown';
import { useWording } from '@/kit/conditions/wording';
import type { Output } from './model';
import { useColumns } from './ViewColumns';

interface Row { ticket_id: Id; ticket: { subject: string; status: string }; custom_fields?: { id: Id; value: unknown }[]; [column: string]: unknown }
const kShown = 10;
const kPeople = new Set(['requester', 'submitter', 'assignee']);
const kTimes = new Set(['created', 'updated', 'updated_requester', 'updated_assignee', 'assigned', 'solved', 'due_date']);

function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as T), ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return settled;
}

export function ViewPreview({ conditions, output, columns }: { conditions: Conditions; output: Output; columns: ViewColumn[] }) {
  const t = useWords('rules');
  const words = useWording();
  const known = useKnown();
  const { titleOf } = useColumns(columns);
  const asked = useSettled({ conditions, output }, 500);
  const found = useQuery({
    queryKey: ['preview', JSON.stringify(asked)], queryFn: ({ signal }) => post('/api/v2/views/preview', { view: asked }, { signal }), placeholderData: keepPreviousData, retry: false, staleTime: 10_000,
  });
  const rows = found.data?.rows.slice(0, kShown) ?? [];
  const nameOf = useNames('users', rows.flatMap((row) => [row.requester_id, row.submitter_id, row.assignee_id]).filter((each) => each !== null && each !== undefined).map(String));
  const cell = (row: Row, column: string) => {
    if (column === 'subject') return <a href={`#/tickets/${row.ticket_id}`} target="_blank" rel="noopener">{row.ticket.subject || t('no_subject')}</a>;
    if (kTimes.has(column)) return <Time at={row[column] as string | null} />;
    if (kPeople.has(column)) { const id = row[`${column}_id`]; return id === null || id === undefined ? '–' : (nameOf(String(id)) ?? ''); }
    if (/^\d+$/.test(column)) {
      const value = row.custom_fields?.find((each) => String(each.id) === column)?.value;
      return (Array.isArray(value) ? value : [value]).filter((each) => each !== null && each !== undefined && each !== '').map((each) => known.options(`${kCustom}${column}`).find((option) => option.value === each)?.title ?? String(each)).join(', ') || '–';
    }
    const raw = row[column] ?? row[`${column}_id`] ?? (column === 'satisfaction_score' ? (row.satisfaction_rating as { score?: string } | null)?.score : null);
    if (raw === null || raw === undefined || raw === '') return '–';
    if (Array.isArray(raw)) return raw.join(', ') || '–';
    const kinds = { group: 'group', brand: 'inbox', ticket_form: 'form', custom_status_id: 'status' } as const;
    return words.value(column, String(raw), kinds[column as keyof typeof kinds] ?? 'text');
  };
  const isRefused = found.error instanceof ApiError && found.error.status === 422;
  return (
    <section aria-label={t('preview.title')} className="mb-4 rounded-xl border border-line bg-paper p-4">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-2">
        <h2>{t('preview.title')}</h2>
        <p role="status" className="text-sm text-faint">
          {found.isError ? '' : found.data ? t(found.data.complete ? 'preview.count' : 'preview.count_some', { count: found.data.count, amount: number(found.data.count), looked: number(found.data.looked_at) }) : ''}
        </p>
      </div>
      {found.isError && <p className="text-sm text-warn">{isRefused ? t('preview.refused', { words: wordsOf(found.error) }) : wordsOf(found.error)}</p>}
      {!found.isError && found.data && (rows.length === 0 ? <p className="py-4 text-center text-faint">{t('preview.none')}</p> : (
        <div className={`overflow-x-auto ${found.isPlaceholderData ? 'opacity-60' : ''}`} tabIndex={0} role="region" aria-label={t('preview.table')}>
          <table className="w-full text-left text-sm">
            <thead><tr className="text-faint">{output.columns.map((each) => <th key={each} scope="col" className="border-b border-line-strong py-1 pr-3 whitespace-nowrap">{titleOf(each)}</th>)}</tr></thead>
            <tbody>{rows.map((row) => <tr key={String(row.ticket_id)} className="border-b border-line align-top">{output.columns.map((each) => <td key={each} className="max-w-80 truncate py-1 pr-3">{cell(row, each)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      ))}
      {found.data && found.data.count > kShown && <p className="mt-2 text-sm text-faint">{t('preview.first', { count: kShown })}</p>}
    </section>
  );
}
