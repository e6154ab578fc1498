// What the saved macro would do to a ticket; nothing is stored.
import { useState } from 'react';
import { ApiError, get, wordsOf, type Id } from '@/api/http';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Field } from '@/kit/Field';
import { Card } from '@/kit/Page';
import { useRuleWords } from '@/kit/rules/useRuleWords';
import { ChangeList, type Change } from '@/kit/actions/ChangeList';

interface TicketParts { subject: string; status: string; priority: string | null; type: string | null; group_id: Id | null; assignee_id: Id | null; custom_status_id: Id | null; tags: string[]; due_at: string | null; custom_fields: { id: Id; value: unknown }[]; comment?: { body: string; public: boolean } | null }
const kFields = ['subject', 'status', 'custom_status_id', 'priority', 'type', 'group_id', 'assignee_id', 'due_at', 'tags'] as const;

function changesOf(before: TicketParts, after: TicketParts): Change[] {
  const own = after.custom_fields.map((each) => ({ field: `custom_fields_${each.id}`, before: before.custom_fields.find((other) => String(other.id) === String(each.id))?.value ?? null, after: each.value }));
  const all = [...kFields.map((field) => ({ field: field as string, before: before[field] as unknown, after: after[field] as unknown })), ...own];
  return all.filter((each) => JSON.stringify(each.before) !== JSON.stringify(each.after));
}

export function MacroPreview({ id, isDirty }: { id: Id; isDirty: boolean }) {
  const t = useWords('rules');
  const [ticket, setTicket] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [shown, setShown] = useState<{ subject: string; number: string; changes: Change[]; comment: TicketParts['comment']; cannot: string[] } | null>(null);
  const say = useRuleWords(shown?.cannot ?? [], 'macros');
  const look = async () => {
    const number = ticket.trim().replace(/^#/, '');
    if (!/^\d+$/.test(number)) { setProblem(t('explain.which')); return; }
    setBusy(true);
    setProblem('');
    try {
      const [{ ticket: before }, { result }] = await Promise.all([
        get(`/api/v2/tickets/${number}`), get<{ result: { ticket: TicketParts; cannot_do: string[] } }>(`/api/v2/tickets/${number}/macros/${id}/apply`),
      ]);
      setShown({ subject: before.subject, number, changes: changesOf(before, result.ticket), comment: result.ticket.comment, cannot: result.cannot_do });
    } catch (error) {
      setShown(null);
      setProblem(error instanceof ApiError && error.status === 404 ? t('explain.no_ticket') : wordsOf(error));
    } finally { setBusy(false); }
  };
  return (
    <Card title={t('macros.preview')}>
      <p className="mb-2 max-w-prose text-sm text-faint">{t('macros.preview_hint')}{isDirty && ` ${t('preview.saved_only')}`}</p>
      <div className="flex flex-wrap items-start gap-2">
        <Field boxClass="mb-0! w-40" label={t('explain.ticket')} isLabelHidden placeholder={t('explain.ticket')} inputMode="numeric" value={ticket} error={problem || undefined}
          onChange={(event) => setTicket(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === 'Enter') { event.preventDefault(); void look(); } }} />
        <Button isBusy={isBusy} onClick={() => void look()}>{t('macros.look')}</Button>
      </div>
      {shown && (
        <div role="status" className="mt-3">
          <p className="mb-1"><a href={`#/tickets/${shown.number}`} target="_blank" rel="noopener">#{shown.number}</a> {shown.subject}</p>
          <ChangeList changes={shown.changes} none={t('macros.no_change')} />
          {shown.comment && (
            <div className={`mt-2 rounded-lg border p-3 ${shown.comment.public ? 'border-line bg-ground' : 'border-note-line bg-note'}`}>
              <Badge tone={shown.comment.public ? 'accent' : 'note'}>{t(shown.comment.public ? 'macros.public' : 'macros.internal')}</Badge>
              <p className="mt-1 whitespace-pre-wrap [overflow-wrap:anywhere]">{shown.comment.body}</p>
            </div>
          )}
          {shown.cannot.map((each) => <p key={each} className="mt-2 text-warn">{t('cannot', { what: say.action(each) })}</p>)}
        </div>
      )}
    </Card>
  );
}
