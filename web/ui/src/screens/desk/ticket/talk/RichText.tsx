// A colleague's formatted message: the elements of rich.ts, with what was redacted marked and addresses that can be followed.
import { createElement, memo, useMemo, type ReactNode } from 'react';
import { useWords } from '@/i18n';
import { Pieces } from './CommentText';
import { richOf, type Rich } from './rich';

const kLooks: Record<string, string> = {
  p: 'my-2 first:mt-0 last:mb-0', ul: 'my-2 list-disc pl-6', ol: 'my-2 list-decimal pl-6', blockquote: 'my-2 border-l-2 border-line-strong pl-3 text-faint', pre: 'my-2 overflow-x-auto rounded bg-ground p-2 font-mono text-[0.9em] [&_code]:bg-transparent [&_code]:p-0',
  code: 'rounded bg-ground px-1 font-mono text-[0.9em]', h: 'my-2 font-semibold', hr: 'my-3 border-line', table: 'my-2 border-collapse', th: 'border border-line px-2 py-1 text-left font-semibold', td: 'border border-line px-2 py-1',
};

function nodeOf(each: Rich, at: number): ReactNode {
  if (typeof each === 'string') return <Pieces key={at} text={each} isOurs={false} />;
  const children = each.children.map(nodeOf);
  if (each.tag === 'br' || each.tag === 'hr') return createElement(each.tag, { key: at, className: kLooks[each.tag] });
  if (each.tag === 'a') return <a key={at} href={each.href} target="_blank" rel="noopener noreferrer nofollow" title={each.href} className="[overflow-wrap:anywhere]">{each.children.map((one, place) => (typeof one === 'string' ? one : nodeOf(one, place)))}</a>;
  return createElement(each.tag === 'h' ? 'p' : each.tag, { key: at, className: kLooks[each.tag], start: each.start, colSpan: each.colSpan, rowSpan: each.rowSpan }, children);
}

export const RichText = memo(function RichText({ html }: { html: string }) {
  const t = useWords('ticket');
  const list = useMemo(() => richOf(html), [html]);
  return <div data-text data-rich role="group" aria-label={t('formatted_message')} className="max-w-[80ch] [overflow-wrap:anywhere]">{list.map(nodeOf)}</div>;
});
