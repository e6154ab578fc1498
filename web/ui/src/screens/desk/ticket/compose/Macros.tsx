// Macros: what an agent does again and again. Looked at first; what one would change goes with the reply, nothing is stored before.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { get, sameId, wordsOf, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Empty, Failed } from '@/kit/Page';
import type { Macro, MacroResult, Ticket, TicketChange } from '@/screens/desk/types';
import { draftOf, editDraft } from './draftStore';
import { StagedWords } from './Staged';

const CannotDo = lazy(() => import('./CannotDo'));
const kFields: (keyof Ticket)[] = ['status', 'custom_status_id', 'priority', 'type', 'group_id', 'assignee_id', 'subject', 'due_at', 'ticket_form_id', 'organization_id', 'problem_id'];
const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

// What of the answer differs from the ticket, as a change.
export function stagedBy(ticket: Ticket, after: MacroResult['ticket']): TicketChange {
  const change: TicketChange = {};
  for (const field of kFields) if (after[field] !== undefined && !same(after[field], ticket[field])) change[field] = after[field];
  if (change.status && sameId(after.custom_status_id, ['', 'new', 'open', 'pending', 'hold', 'solved', 'closed'].indexOf(String(change.status)))) delete change.custom_status_id;
  const added = (after.tags ?? ticket.tags).filter((each) => !ticket.tags.includes(each));
  const removed = after.tags ? ticket.tags.filter((each) => !after.tags?.includes(each)) : [];
  if (added.length > 0) change.additional_tags = added;
  if (removed.length > 0) change.remove_tags = removed;
  const fields = (after.custom_fields ?? []).filter((each) => !same(each.value, ticket.custom_fields.find((one) => sameId(one.id, each.id))?.value));
  if (fields.length > 0) change.custom_fields = fields;
  return change;
}

function apply(ticket: Ticket, macro: Macro, result: MacroResult, mayReply: boolean, mayNote: boolean) {
  const now = draftOf(ticket.id);
  const { comment } = result.ticket;
  const text = comment ? [now.text.trimEnd(), comment.body].filter(Boolean).join('\n\n') : now.text;
  const isPublic = comment && !now.text.trim() ? (comment.public ? mayReply : !mayNote) : now.isPublic;
  editDraft(ticket.id, { text, isPublic, isOpen: true, staged: { ...now.staged, ...stagedBy(ticket, result.ticket) }, macros: [...now.macros.filter((each) => !sameId(each.id, macro.id)), { id: macro.id, title: macro.title }] });
}

function Look({ ticket, macro, onUse }: { ticket: Ticket; macro: Macro; onUse: (result: MacroResult) => void }) {
  const t = useWords('ticket');
  const { data, error } = useQuery({ queryKey: ['macro_applied', String(ticket.id), String(macro.id), ticket.version], staleTime: 10_000, queryFn: async ({ signal }) => (await get<{ result: MacroResult }>(`/api/v2/tickets/${ticket.id}/macros/${macro.id}/apply`, signal)).result });
  if (error) return <Failed words={wordsOf(error)} />;
  if (!data) return <div className="min-h-40" />;
  const staged = stagedBy(ticket, data.ticket);
  const { comment } = data.ticket;
  return (
    <div className="flex min-h-40 flex-col gap-3">
      <h3>{macro.title.replaceAll('::', ' › ')}</h3>
      {macro.description && <p className="text-faint">{macro.description}</p>}
      {comment && <div className={`rounded-lg border p-3 whitespace-pre-wrap [overflow-wrap:anywhere] ${comment.public ? 'border-line bg-paper' : 'border-note-line bg-note'}`}><p className="mb-1 text-xs font-semibold">{t(comment.public ? 'public_reply' : 'internal_note')}</p>{comment.body}</div>}
      {Object.keys(staged).length > 0 && <StagedWords staged={staged} />}
      {!comment && Object.keys(staged).length === 0 && <p className="text-faint">{t('macro_nothing')}</p>}
      {data.cannot_do.length > 0 && <Suspense fallback={null}><CannotDo list={data.cannot_do} /></Suspense>}
      <div className="mt-auto"><Button look="main" onClick={() => onUse(data)}>{t('macro_use')}</Button></div>
    </div>
  );
}

export default function Macros({ ticket, mayReply, mayNote, onClose }: { ticket: Ticket; mayReply: boolean; mayNote: boolean; onClose: () => void }) {
  const t = useWords('ticket');
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<Id | null>(null);
  const { data, error } = useQuery({ queryKey: ['macros_active'], queryFn: async () => (await get('/api/v2/macros/active?page%5Bsize%5D=100')).macros });
  const found = useMemo(() => (data ?? []).filter((each) => text.toLowerCase().split(/\s+/).every((word) => each.title.toLowerCase().includes(word))), [data, text]);
  const macro = found.find((each) => sameId(each.id, chosen)) ?? found[0];
  const move = (by: number) => { const at = found.findIndex((each) => each === macro); setChosen(found[(at + by + found.length) % found.length]?.id ?? null); };
  return (
    <Dialog title={t('macros')} onClose={onClose} className="w-[min(48rem,94vw)]">
      {error && <Failed words={wordsOf(error)} />}
      {data?.length === 0 ? <Empty>{t('macros_none')}</Empty> : (
        <>
          <input autoFocus value={text} aria-label={t('macro_find')} placeholder={t('macro_find')} onInput={(event) => setText(event.currentTarget.value)} className="mb-3 w-full rounded-md border border-line-strong bg-paper px-3 py-1.5"
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); move(event.key === 'ArrowDown' ? 1 : -1); }
              if (event.key === 'Enter') { event.preventDefault(); (event.currentTarget.closest('dialog')?.querySelector('[data-look] button') as HTMLElement | null)?.click(); }
            }} />
          <div className="grid gap-4 sm:grid-cols-2">
            <ul role="listbox" aria-label={t('macros')} tabIndex={0} className="max-h-[50vh] overflow-auto">
              {found.map((each) => <li key={String(each.id)} role="option" aria-selected={each === macro} onClick={() => setChosen(each.id)} className="cursor-pointer rounded px-2 py-1.5 aria-selected:bg-accent-ground aria-selected:font-semibold">{each.title.replaceAll('::', ' › ')}</li>)}
              {data && found.length === 0 && <li role="option" aria-selected={false} className="p-2 text-faint">{t('macro_not_found')}</li>}
            </ul>
            <div data-look>{macro && <Look key={String(macro.id)} ticket={ticket} macro={macro} onUse={(result) => { apply(ticket, macro, result, mayReply, mayNote); onClose(); }} />}</div>
          </div>
        </>
      )}
    </Dialog>
  );
}
