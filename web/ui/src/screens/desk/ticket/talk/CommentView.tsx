// One message of a conversation.
import { memo, useRef, useState } from 'react';
import { sameId, type Id } from '@/api/http';
import { go } from '@/app/place';
import { useWords } from '@/i18n';
import { Badge, type Tone } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Time } from '@/kit/Time';
import { Icon } from '../icons';
import type { Comment, Person } from '@/screens/desk/types';
import { Avatar, Menu, type MenuItem } from '../parts';
import { Attachments } from './Attachments';
import { CommentText } from './CommentText';
import { Formatted } from './Formatted';
import { selectedIn } from './redact';
import { RedactDialog } from './RedactDialog';
import { Redactions } from './Redactions';
import { RichText } from './RichText';
import { Verdicts } from './Verdicts';

export interface CommentRights { mayMark: boolean; mayRedact: boolean; maySplit: boolean }
interface Props {
  ticket: Id;
  comment: Comment;
  author: Person | undefined;
  isAgent: boolean;
  isMine: boolean;
  isNew: boolean;
  isSelected: boolean; // some of its text is
  rights: CommentRights;
  areQuotesOpen: boolean;
  isPicked: boolean | null; // null: nothing is being picked
  onPick: (id: Id, isPicked: boolean) => void;
  onAnswer: (comment: Comment, quote: string) => void;
}

const deliveryTone: Record<string, Tone> = { delivered: 'good', failed: 'bad', none: 'bad', queued: 'plain' };

function Actions({ ticket, comment, rights, isSelected, isFormatted, onFormat, onQuote, textBox }: {
  ticket: Id; comment: Comment; rights: CommentRights; isSelected: boolean; isFormatted: boolean; onFormat: (() => void) | null; onQuote: () => void; textBox: () => Element | null;
}) {
  const t = useWords('ticket');
  const [phrase, setPhrase] = useState<string | null>(null);
  const items: MenuItem[] = [{ id: 'quote', title: t('quote_in_reply'), run: onQuote }, { id: 'text', title: t('whole_text'), run: () => { window.open(comment.text_url, '_blank', 'noopener'); } }];
  if (comment.raw_url) items.push({ id: 'raw', title: t('download_eml'), run: () => { location.assign(comment.raw_url ?? ''); } });
  if (comment.trace_id) items.push({ id: 'trace', title: t('show_way'), run: () => go(`/mail/trace/${comment.trace_id}`) });
  if (rights.mayRedact) items.push({ id: 'redact', title: t('redact_phrase'), isDangerous: true, run: () => setPhrase('') });
  return (
    <div className="ml-auto flex items-center gap-1">
      {comment.html_url && onFormat && <Button look="quiet" className="text-xs" aria-pressed={isFormatted} data-format onClick={onFormat}>{t(isFormatted ? 'show_text' : 'show_formatting')}</Button>}
      {rights.mayRedact && isSelected && <Button look="danger" className="text-xs" onMouseDown={(event) => event.preventDefault()} onClick={() => setPhrase(selectedIn(textBox()))}>{t('redact_selected')}</Button>}
      <Menu label={t('message_actions')} look="quiet" items={items}><Icon name="dots" /></Menu>
      {phrase !== null && <RedactDialog ticket={ticket} comment={comment} phrase={phrase} onClose={() => setPhrase(null)} />}
    </div>
  );
}

export const CommentView = memo(function CommentView({ ticket, comment, author, isAgent, isMine, isNew, isSelected, rights, areQuotesOpen, isPicked, onPick, onAnswer }: Props) {
  const t = useWords('ticket');
  const [isFormatted, setFormatted] = useState(false);
  const box = useRef<HTMLElement>(null);
  const isOurs = isAgent && comment.via?.channel !== 'email'; // written in our composer
  const name = author ? author.name || author.email : t('someone');
  const textBox = () => box.current?.querySelector('[data-text]') ?? null;
  const look = !comment.public ? 'border-note-line bg-note' : isAgent ? 'border-accent/30 bg-accent-ground/60' : 'border-line bg-paper';
  const kind = t(!comment.public ? 'internal_note' : isAgent ? 'public_reply' : 'message');
  return (
    <article ref={box} tabIndex={-1} data-id={String(comment.id)} data-comment aria-label={t('message_by', { kind, name })}
      className={`rounded-xl border px-4 py-3 [content-visibility:auto] [contain-intrinsic-size:auto_12rem] ${look}`}>
      <header className="mb-2 flex flex-wrap items-center gap-x-2 gap-y-1">
        {isPicked !== null && <input type="checkbox" className="size-5 accent-accent" checked={isPicked} aria-label={t('pick_message', { name })} onChange={(event) => onPick(comment.id, event.currentTarget.checked)} />}
        <Avatar name={name} isOurs={isAgent} />
        <strong className="[overflow-wrap:anywhere]">{name}</strong>
        {author && author.email !== name && <span className="text-sm text-faint [overflow-wrap:anywhere]">{author.email}</span>}
        {!comment.public && <Badge tone="note"><Icon name="lock" className="size-3" />{t('internal_note')}</Badge>}
        {comment.public && isAgent && <span className="text-xs text-faint">{t('public_reply')}</span>}
        {isNew && <Badge tone="accent">{t('new_message')}</Badge>}
        <span className="text-sm text-faint"><Time at={comment.created_at} /></span>
        <Actions ticket={ticket} comment={comment} rights={rights} isSelected={isSelected} isFormatted={isFormatted} onFormat={isOurs ? null : () => setFormatted(!isFormatted)}
          onQuote={() => onAnswer(comment, selectedIn(textBox()) || comment.body)} textBox={textBox} />
      </header>
      {isFormatted && comment.html_url ? <Formatted comment={comment} />
        : isOurs && comment.html_body ? <RichText html={comment.html_body} />
          : <CommentText text={comment.body} isOurs={isOurs} areQuotesOpen={areQuotesOpen} />}
      {comment.body_truncated && <p className="mt-2 text-sm">{t('only_beginning')} <a href={comment.text_url} target="_blank" rel="noopener">{t('whole_text')}</a></p>}
      <footer className="mt-3 flex flex-col gap-2 empty:hidden">
        <Attachments ticket={ticket} comment={comment} mayRedact={rights.mayRedact} />
        <Redactions ticket={ticket} comment={comment} mayMark={rights.mayMark} />
        {comment.verdicts && <div><Verdicts verdicts={comment.verdicts} /></div>}
        {comment.delivery && <div><Badge tone={deliveryTone[comment.delivery] ?? 'warn'}>{t(`delivery.${comment.delivery}`)}</Badge>{isMine && comment.delivery === 'failed' && <span className="ml-2 text-sm text-bad">{t('delivery_hint')}</span>}</div>}
      </footer>
    </article>
  );
}, (a, b) => a.comment === b.comment && a.author === b.author && a.isPicked === b.isPicked && a.isNew === b.isNew && a.isSelected === b.isSelected && a.areQuotesOpen === b.areQuotesOpen && a.rights === b.rights && a.onAnswer === b.onAnswer && sameId(a.ticket, b.ticket));
