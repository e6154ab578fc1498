// What is written, as text: formatting as people write it in text ("**bold**", "_italic_", "- one", "> quoted",
// "[here](https://…)"). That is what a draft is stored as; both ways, and text that has no marks comes back as it was.
import type { JSONContent } from '@tiptap/core';

const marks: Record<string, string> = { bold: '**', italic: '_', strike: '~~', code: '`' };
const isOpen = (href: string) => /^(https?:\/\/|mailto:)[^\s()<>]+$/.test(href);

function inline(node: JSONContent): string {
  if (node.type === 'hardBreak') return '\n';
  if (node.type === 'mention') return `@${(node.attrs?.label as string | undefined) ?? ''}`;
  const text = node.text ?? '';
  const [, head = '', core = '', tail = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  if (!core) return text;
  let out = core;
  for (const mark of node.marks ?? []) {
    const sign = marks[mark.type];
    if (sign) out = `${sign}${out}${sign}`;
  }
  const href = node.marks?.find((each) => each.type === 'link')?.attrs?.href as string | undefined;
  if (href && href !== core && href !== `mailto:${core}`) out = isOpen(href) && !/[[\]\n]/.test(out) ? `[${out}](${href})` : `${out} <${href}>`;
  return head + out + tail;
}

const inlines = (node: JSONContent) => (node.content ?? []).map(inline).join('');
const indented = (text: string, by: string) => text.split('\n').map((line, at) => (at === 0 || line === '' ? line : by + line)).join('\n');

function items(node: JSONContent, sign: (at: number) => string): string {
  return (node.content ?? []).map((item, at) => {
    const mine = sign(at);
    return mine + indented(blocks(item.content ?? []), ' '.repeat(mine.length));
  }).join('\n');
}

function block(node: JSONContent): string {
  switch (node.type) {
    case 'bulletList': return items(node, () => '- ');
    case 'orderedList': return items(node, (at) => `${((node.attrs?.start as number | undefined) ?? 1) + at}. `);
    case 'blockquote': return blocks(node.content ?? []).split('\n').map((line) => (line ? `> ${line}` : '>')).join('\n');
    case 'codeBlock': return `\`\`\`\n${inlines(node)}\n\`\`\``;
    default: return inlines(node);
  }
}

const blocks = (list: JSONContent[]) => list.map(block).join('\n');

// Paragraphs are lines: what is typed with one Enter is sent with one line's end, as in a text field.
export const textOf = (doc: JSONContent) => blocks(doc.content ?? []).replace(/[ \t]+$/gm, '').replace(/\s+$/, '');

const kLink = String.raw`\[(?<words>[^[\]\n]+)\]\((?<href>(?:https?:\/\/|mailto:)[^\s()<>]+)\)`;
const kInline = new RegExp(String.raw`${kLink}|(?<![\p{L}\p{N}*_~\x60])(?<sign>\*\*|_|~~|\x60)(?=\S)(?<core>[^\n]*?\S)\k<sign>(?![\p{L}\p{N}*_~\x60])`, 'gu');
const kMarkOf: Record<string, string> = { '**': 'bold', _: 'italic', '~~': 'strike', '`': 'code' };
type Mark = NonNullable<JSONContent['marks']>[number];

function inlineNodes(text: string, own: Mark[] = []): JSONContent[] {
  const out: JSONContent[] = [];
  const add = (piece: string) => { if (piece) out.push(own.length ? { type: 'text', text: piece, marks: own } : { type: 'text', text: piece }); };
  let from = 0;
  for (const found of text.matchAll(kInline)) {
    const { words, href, sign, core } = found.groups!;
    add(text.slice(from, found.index));
    const mark: Mark = href ? { type: 'link', attrs: { href } } : { type: kMarkOf[sign!]! };
    out.push(...(mark.type === 'code' ? [{ type: 'text', text: core!, marks: [...own, mark] }] : inlineNodes(words ?? core!, [mark, ...own])));
    from = found.index + found[0].length;
  }
  add(text.slice(from));
  return out;
}

const paragraph = (text: string): JSONContent => (text ? { type: 'paragraph', content: inlineNodes(text) } : { type: 'paragraph' });

// The lines of one item: behind its sign, and those that stand below it as far in.
function itemAt(lines: string[], at: number, width: number): string[] {
  const out = [lines[at]!.slice(width)];
  const far = ' '.repeat(width);
  for (let next = at + 1; next < lines.length && lines[next]!.startsWith(far) && lines[next]!.trim(); next += 1) out.push(lines[next]!.slice(width));
  return out;
}

interface Read { node: JSONContent; count: number }

function listAt(lines: string[], from: number): Read | null {
  const signOf = (line: string | undefined) => /^(?:- |(\d{1,3})\. )(?=\S)/.exec(line ?? '');
  const first = signOf(lines[from]);
  if (!first) return null;
  const start = first[1] === undefined ? null : Number(first[1]);
  const content: JSONContent[] = [];
  let at = from;
  for (let sign = signOf(lines[at]); sign; sign = signOf(lines[at])) {
    if (start === null ? sign[1] !== undefined : Number(sign[1]) !== start + content.length || sign[1] !== String(start + content.length)) break;
    const item = itemAt(lines, at, sign[0].length);
    const inner = docOf(item.join('\n')).content!;
    content.push({ type: 'listItem', content: inner[0]?.type === 'paragraph' ? inner : [paragraph(item[0]!), ...docOf(item.slice(1).join('\n')).content!.slice(item.length > 1 ? 0 : 1)] });
    at += item.length;
  }
  if (content.length === 0) return null;
  return { node: start === null ? { type: 'bulletList', content } : { type: 'orderedList', attrs: { start }, content }, count: at - from };
}

function quoteAt(lines: string[], from: number): Read | null {
  let at = from;
  while (at < lines.length && /^>( |$)/.test(lines[at]!)) at += 1;
  return at === from ? null : { node: { type: 'blockquote', content: docOf(lines.slice(from, at).map((each) => each.slice(2)).join('\n')).content }, count: at - from };
}

function codeAt(lines: string[], from: number): Read | null {
  const end = lines[from] === '```' ? lines.indexOf('```', from + 1) : -1;
  if (end < 0) return null;
  const text = lines.slice(from + 1, end).join('\n');
  return { node: text ? { type: 'codeBlock', content: [{ type: 'text', text }] } : { type: 'codeBlock' }, count: end - from + 1 };
}

export function docOf(text: string): JSONContent {
  const lines = text.split('\n');
  const content: JSONContent[] = [];
  for (let at = 0; at < lines.length;) {
    const read: Read = listAt(lines, at) ?? quoteAt(lines, at) ?? codeAt(lines, at) ?? { node: paragraph(lines[at]!), count: 1 };
    content.push(read.node);
    at += read.count;
  }
  return { type: 'doc', content };
}

// Colleagues that a text of the editor names.
export function mentionsOf(node: JSONContent): string[] {
  const own = node.type === 'mention' && node.attrs?.id ? [String(node.attrs.id)] : [];
  return [...new Set([...own, ...(node.content ?? []).flatMap(mentionsOf)])];
}
