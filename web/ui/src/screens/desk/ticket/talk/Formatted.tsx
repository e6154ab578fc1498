// The sender's formatting, in a frame that runs no script, loads nothing from elsewhere and has no origin: the server's own
// Content-Security-Policy for that address says so again. The frame cannot tell its height: it is guessed, and can be dragged.
import { useWords } from '@/i18n';
import type { Comment } from '@/screens/desk/types';

export function heightFor(comment: Comment): number {
  const html = comment.html_body ?? '';
  const blocks = (html.match(/<(p|div|tr|li|br|h[1-6]|blockquote|img|hr)\b/gi) ?? []).length;
  const letters = html.replace(/<[^>]*>/g, '').length;
  return Math.min(640, Math.max(96, 40 + blocks * 30 + Math.floor(letters / 90) * 20));
}

export function Formatted({ comment }: { comment: Comment }) {
  const t = useWords('ticket');
  return (
    <div className="max-w-[80ch]">
      <div className="resize-y overflow-hidden rounded-md border border-line bg-white" style={{ height: heightFor(comment) }}>
        <iframe src={comment.html_url ?? ''} sandbox="allow-popups allow-popups-to-escape-sandbox" referrerPolicy="no-referrer" loading="lazy" title={t('formatted_message')} className="size-full border-0" />
      </div>
      {/data-remote-src/.test(comment.html_body ?? '') && <p className="mt-1 text-sm text-faint">{t('pictures_blocked')}</p>}
    </div>
  );
}
