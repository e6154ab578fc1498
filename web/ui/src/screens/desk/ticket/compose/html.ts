// What is sent of a text with formatting (markdown.ts): HTML of the few elements that every mail program shows and the server's
// sanitiser keeps, and beside it the text for who reads text, where a link says where it leads.
import type { JSONContent } from '@tiptap/core';
import { piecesOf } from '../talk/pieces';
import { docOf } from './markdown';

const kSigns: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => kSigns[sign]!);
const kElements: Record<string, string> = { bold: 'strong', italic: 'em', strike: 's', code: 'code' };

// Addresses that stand in the text can be followed there too.
const linked = (text: string) => piecesOf(text).map((each) => (each.kind === 'link' ? `<a href="${escaped(each.href)}">${escaped(each.text)}</a>` : escaped(each.text))).join('');

function inline(node: JSONContent): string {
  const marks = node.marks ?? [];
  const isPlain = !marks.some((each) => each.type === 'link' || each.type === 'code');
  let out = isPlain ? linked(node.text ?? '') : escaped(node.text ?? '');
  for (const mark of marks) {
    const element = kElements[mark.type];
    if (element) out = `<${element}>${out}</${element}>`;
    if (mark.type === 'link') out = `<a href="${escaped(String(mark.attrs?.href ?? ''))}">${out}</a>`;
  }
  return out;
}

const inlines = (node: JSONContent) => (node.content ?? []).map(inline).join('');
const isLine = (node: JSONContent | undefined) => node?.type === 'paragraph';

function item(node: JSONContent): string {
  const content = node.content ?? [];
  return `<li>${content.length === 1 && isLine(content[0]) ? inlines(content[0]!) : blocks(content)}</li>`;
}

function block(node: JSONContent): string {
  switch (node.type) {
    case 'bulletList': return `<ul>${(node.content ?? []).map(item).join('')}</ul>`;
    case 'orderedList': {
      const start = (node.attrs?.start as number | undefined) ?? 1;
      return `<ol${start === 1 ? '' : ` start="${start}"`}>${(node.content ?? []).map(item).join('')}</ol>`;
    }
    case 'blockquote': return `<blockquote>${blocks(node.content ?? [])}</blockquote>`;
    case 'codeBlock': return `<pre><code>${(node.content ?? []).map((each) => escaped(each.text ?? '')).join('')}</code></pre>`;
    default: return '';
  }
}

// Lines that follow each other are one paragraph; an empty line ends it, one more is space that was meant.
function blocks(list: JSONContent[]): string {
  let out = '';
  let lines: string[] = [];
  const end = () => { if (lines.length) out += `<p>${lines.join('<br>')}</p>`; lines = []; };
  for (const [at, node] of list.entries()) {
    const isEmpty = isLine(node) && !node.content?.length;
    if (isLine(node) && !isEmpty) { lines.push(inlines(node)); continue; }
    end();
    if (!isEmpty) out += block(node);
    else if (isLine(list[at - 1]) && !list[at - 1]!.content?.length) out += '<p><br></p>';
  }
  end();
  return out;
}

const isFormatted = (node: JSONContent): boolean => Boolean(node.marks?.length) || !['doc', 'paragraph', 'text'].includes(node.type ?? '') || (node.content ?? []).some(isFormatted);

// Null: the text has no formatting, and is sent as what it is.
export function htmlOf(text: string): string | null {
  const doc = docOf(text);
  return isFormatted(doc) ? blocks(doc.content ?? []) : null;
}

// For who reads text: "here <https://a.example/>" says more than the marks of a link.
export const readableOf = (text: string) => text.replace(/\[([^[\]\n]+)\]\(((?:https?:\/\/|mailto:)[^\s()<>]+)\)/g, '$1 <$2>');
