// The text of a message: quotations folded, redacted places marked, addresses that can be followed.
import { memo, useMemo, useState } from 'react';
import { useWords } from '@/i18n';
import { foldQuotes, type Part } from './fold';
import { piecesOf, type Piece } from './pieces';

function One({ piece, title }: { piece: Piece; title: string }) {
  switch (piece.kind) {
    case 'redacted': return <mark title={title} className="rounded px-0.5 font-mono text-[0.95em]">{piece.text}</mark>;
    case 'link': return <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow" className="[overflow-wrap:anywhere]">{piece.text}</a>;
    case 'bold': return <strong>{piece.text}</strong>;
    case 'italic': return <em>{piece.text}</em>;
    case 'strike': return <s>{piece.text}</s>;
    case 'code': return <code className="rounded bg-ground px-1 font-mono text-[0.9em]">{piece.text}</code>;
    default: return <>{piece.text}</>;
  }
}

export function Pieces({ text, isOurs }: { text: string; isOurs: boolean }) {
  const t = useWords('ticket');
  const pieces = useMemo(() => piecesOf(text, isOurs), [text, isOurs]);
  return <>{pieces.map((each, at) => <One key={at} piece={each} title={t('redacted_place')} />)}</>;
}

function Quote({ part, isOurs, isAllOpen }: { part: Part; isOurs: boolean; isAllOpen: boolean }) {
  const t = useWords('ticket');
  const [isOpen, setOpen] = useState(false);
  const isShown = isOpen || isAllOpen;
  const lines = part.text.trimEnd().split('\n').length;
  return (
    <>
      {!isAllOpen && (
        <button type="button" data-quote aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}
          className="my-1 block min-h-6 rounded-full border border-line bg-ground px-2.5 text-xs text-faint hover:text-ink">
          {t(isOpen ? 'quote_hide' : 'quote_show', { count: lines })}
        </button>
      )}
      {isShown && <span className="block border-l-2 border-line-strong pl-3 text-faint"><Pieces text={part.text} isOurs={isOurs} /></span>}
    </>
  );
}

export const CommentText = memo(function CommentText({ text, isOurs, areQuotesOpen }: { text: string; isOurs: boolean; areQuotesOpen: boolean }) {
  const parts = useMemo(() => foldQuotes(text), [text]);
  return (
    <div data-text className="max-w-[80ch] whitespace-pre-wrap [overflow-wrap:anywhere]">
      {parts.map((each, at) => (each.kind === 'quote'
        ? <Quote key={at} part={each} isOurs={isOurs} isAllOpen={areQuotesOpen} />
        : <Pieces key={at} text={at === parts.length - 1 ? each.text.trimEnd() : each.text} isOurs={isOurs} />))}
    </div>
  );
});
