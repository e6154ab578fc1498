// The sender's formatting, in a frame that runs no script, loads nothing from elsewhere and has no origin: the server's own
// Content-Security-Policy for that address says so again. The frame cannot tell its height: it is guessed, and can be dragged.
// Pictures on other servers come by way of this server when somebody asks for them; what that tells the sender is said before.
import { useState } from 'react';
import { whenForgotten } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import type { Comment } from '@/screens/desk/types';

const kMost = 640;
const kPicture = 160;

export function heightFor(comment: Comment): number {
  const html = comment.html_body ?? '';
  const blocks = (html.match(/<(p|div|tr|li|br|h[1-6]|blockquote|img|hr)\b/gi) ?? []).length;
  const letters = html.replace(/<[^>]*>/g, '').length;
  return Math.min(kMost, Math.max(96, 40 + blocks * 30 + Math.floor(letters / 90) * 20));
}

// Null: the HTML is too long to be told beside the text, and may have some.
const remoteIn = (comment: Comment) => (comment.html_body == null ? null : (comment.html_body.match(/\bdata-remote-src\b/g) ?? []).length);
const wanted = new Set<string>(); // messages whose pictures were asked for, until somebody else signs in
whenForgotten.add(() => wanted.clear());

export function Formatted({ comment }: { comment: Comment }) {
  const t = useWords('ticket');
  const id = String(comment.id);
  const [isWanted, setWanted] = useState(wanted.has(id));
  const [isComing, setComing] = useState(isWanted);
  const count = remoteIn(comment);
  const turn = (next: boolean) => {
    if (next) wanted.add(id);
    else wanted.delete(id);
    setComing(next);
    setWanted(next);
  };
  const height = Math.min(kMost, heightFor(comment) + (isWanted ? (count ?? 4) * kPicture : 0));
  return (
    <div className="max-w-[80ch]">
      <div aria-busy={isComing} className="resize-y overflow-hidden rounded-md border border-line bg-white" style={{ height }}>
        <iframe key={String(isWanted)} src={`${comment.html_url ?? ''}${isWanted ? '?pictures=true' : ''}`} onLoad={() => setComing(false)} sandbox="allow-popups allow-popups-to-escape-sandbox" referrerPolicy="no-referrer" loading="lazy" title={t('formatted_message')} className="size-full border-0" />
      </div>
      {count !== 0 && (
        <div className="mt-1 flex flex-wrap items-center gap-2 text-sm text-faint">
          <span role="status" className="min-w-0 flex-1">{t(isComing ? 'pictures.coming' : isWanted ? 'pictures.shown' : count === null ? 'pictures.unknown' : 'pictures.blocked', { count: count ?? 2 })}</span>
          <Button data-pictures aria-pressed={isWanted} onClick={() => turn(!isWanted)}>{t(isWanted ? 'pictures.hide' : 'pictures.show', { count: count ?? 2 })}</Button>
        </div>
      )}
    </div>
  );
}
