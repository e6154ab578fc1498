// What was taken out of a message, by which rule and where; and "this was no secret": an agent calls a redaction wrong, or takes
// that back. What was hidden stays hidden; whoever looks after the rules sees the marks.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { del, get, post, query, type Id } from '@/api/http';
import { failure, notice } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords, type Words } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import type { Comment, Redaction } from '@/screens/desk/types';

type Mark = Pick<Redaction, 'rule' | 'part' | 'where'>;

// What people removed, and files that could not be cleaned, are nobody's finding.
const isFinding = (each: Redaction) => !['manual', 'replaced', 'identifier', 'other_workspace'].includes(each.rule);
const keyOf = (each: Mark) => [each.rule, each.part, each.where].join('\n');

export function redactionWords(each: Redaction, t: Words): string {
  if (each.rule === 'replaced') return t('redaction.replaced', { where: each.where });
  if (each.rule === 'manual') return t('redaction.manual', { where: each.where, count: each.count });
  const kind = t(`redaction.kind.${each.rule}`, { defaultValue: each.rule.replaceAll('_', ' ') });
  const what = each.rule === 'other_workspace' ? t('redaction.other') : each.brand ? t('redaction.branded', { kind, brand: each.brand }) : kind;
  const where = t(`redaction.place.${each.where}`, { defaultValue: each.where });
  return t('redaction.found', { what, where, count: each.count });
}

function Finding({ ticket, comment, finding, isMarked }: { ticket: Id; comment: Comment; finding: Redaction; isMarked: boolean }) {
  const t = useWords('ticket');
  const [isBusy, setBusy] = useState(false);
  const { rule, part, where } = finding;
  const path = `/api/v2/tickets/${ticket}/comments/${comment.id}/redaction_feedback`;
  const act = async () => {
    setBusy(true);
    try {
      if (isMarked) await del(path + query({ rule, where }) + `&part=${encodeURIComponent(part)}`);
      else await post(path, { redaction_feedback: { rule, part, where } });
      queries.setQueryData<Mark[]>(['redaction_feedback', String(comment.id)], (was = []) => (isMarked ? was.filter((each) => keyOf(each) !== keyOf(finding)) : [...was, { rule, part, where }]));
      notice(t(isMarked ? 'mark_withdrawn' : 'mark_noted'));
    } catch (problem) { failure(problem); } finally { setBusy(false); }
  };
  return (
    <li className="flex flex-wrap items-center gap-2 py-0.5">
      <span>{redactionWords(finding, t)}</span>{isMarked && <Badge tone="warn">{t('called_wrong')}</Badge>}
      <Button look="quiet" aria-pressed={isMarked} isBusy={isBusy} onClick={() => void act()}>{t(isMarked ? 'take_back' : 'was_no_secret')}</Button>
    </li>
  );
}

function Feedback({ ticket, comment }: { ticket: Id; comment: Comment }) {
  const { data } = useQuery({ queryKey: ['redaction_feedback', String(comment.id)], queryFn: async () => (await get(`/api/v2/tickets/${ticket}/comments/${comment.id}/redaction_feedback`)).redaction_feedback });
  if (!data) return null;
  const marked = new Set(data.map(keyOf));
  return <ul className="mt-1">{comment.redactions.filter(isFinding).map((each, at) => <Finding key={at} ticket={ticket} comment={comment} finding={each} isMarked={marked.has(keyOf(each))} />)}</ul>;
}

export function Redactions({ ticket, comment, mayMark }: { ticket: Id; comment: Comment; mayMark: boolean }) {
  const t = useWords('ticket');
  const [isOpen, setOpen] = useState(false);
  if (comment.redactions.length === 0) return null;
  return (
    <div className="text-sm">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge tone="warn"><span aria-hidden>▇</span>{t('redacted')}</Badge>
        <span className="text-faint [overflow-wrap:anywhere]">{comment.redactions.map((each) => redactionWords(each, t)).join(' · ')}</span>
        {mayMark && comment.redactions.some(isFinding) && <Button look="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t('hidden_wrongly')}</Button>}
      </div>
      {isOpen && <Feedback ticket={ticket} comment={comment} />}
    </div>
  );
}
