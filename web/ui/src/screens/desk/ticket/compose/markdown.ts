// What is written in the editor and what is sent: mail of ours is text, so that formatting is written as people write it in
// text ("**bold**", "_italic_", "- one", "> quoted"). Both ways; text that has no marks comes back as it was.
import type { JSONContent } from '@tiptap/core';

const marks: Record<string, string> = { bold: '**', italic: '_', strike: '~~', code: '`' };

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
    const href = mark.type === 'link' ? (mark.attrs?.href as string | undefined) : undefined;
    if (href && href !== core && href !== `mailto:${core}`) out = `${out} <${href}>`;
  }
  return head + out + tail;
}

const inlines = (node: JSONContent) => (node.content ?? []).map(inline).join('');
const indented = (text: string, by: string) => text.split('\n').map((line, at) => (at === 0 || line === '' ? line : by + line)).join('\n');

function items(node: JSONContent, sign: (at: number) => string): string {
  return (node.content ?? []).map((item, at) => {
    const mine = sign(at);
    return mine + indented(blocks(item.content ?? [], '\n'), ' '.repeat(mine.length));
  }).join('\n');
}

function block(node: JSONContent): string {
  switch (node.type) {
    case 'heading': return `${'#'.repeat((node.attrs?.level as number | undefined) ?? 1)} ${inlines(node)}`;
    case 'bulletList': return items(node, () => '- ');
    case 'orderedList': return items(node, (at) => `${((node.attrs?.start as number | undefined) ?? 1) + at}. `);
    case 'blockquote': return blocks(node.content ?? [], '\n').split('\n').map((line) => (line ? `> ${line}` : '>')).join('\n');
    case 'codeBlock': return `\`\`\`\n${inlines(node)}\n\`\`\``;
    case 'horizontalRule': return '---';
    default: return inlines(node);
  }
}

const blocks = (list: JSONContent[], between: string) => list.map(block).join(between);

// Paragraphs are lines: what is typed with one Enter is sent with one line's end, as in a text field.
export const textOf = (doc: JSONContent) => blocks(doc.content ?? [], '\n').replace(/[ \t]+$/gm, '').replace(/\s+$/, '');

const kInline = /(?<![\p{L}\p{N}*_~`])(\*\*|_|~~|`)(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}*_~`])/gu;
const kMarkOf: Record<string, string> = { '**': 'bold', _: 'italic', '~~': 'strike', '`': 'code' };

function inlineNodes(text: string): JSONContent[] {
  const out: JSONContent[] = [];
  const add = (piece: string, type?: string) => { if (piece) out.push(type ? { type: 'text', text: piece, marks: [{ type }] } : { type: 'text', text: piece }); };
  let from = 0;
  for (const found of text.matchAll(kInline)) {
    add(text.slice(from, found.index));
    add(found[2]!, kMarkOf[found[1]!]);
    from = found.index + found[0].length;
  }
  add(text.slice(from));
  return out;
}

const paragraph = (text: string): JSONContent => (text ? { type: 'paragraph', content: inlineNodes(text) } : { type: 'paragraph' });

// Lines that begin alike, as one block; null: they are lines of text.
function run(lines: string[], at: number, sign: RegExp): string[] {
  const out: string[] = [];
  while (at + out.length < lines.length && sign.test(lines[at + out.length]!)) out.push(lines[at + out.length]!.replace(sign, ''));
  return out;
}

export function docOf(text: string): JSONContent {
  const lines = text.split('\n');
  const content: JSONContent[] = [];
  const list = (type: string, texts: string[], attrs?: Record<string, unknown>) => content.push({ type, attrs, content: texts.map((each) => ({ type: 'listItem', content: [paragraph(each)] })) });
  for (let at = 0; at < lines.length;) {
    const bullets = run(lines, at, /^- (?=\S)/);
    const numbers = run(lines, at, /^\d{1,3}\. (?=\S)/);
    const quoted = run(lines, at, /^>( |$)/);
    if (bullets.length > 0) list('bulletList', bullets);
    else if (numbers.length > 0) list('orderedList', numbers, { start: Number.parseInt(lines[at]!, 10) });
    else if (quoted.length > 0) content.push({ type: 'blockquote', content: quoted.map(paragraph) });
    else content.push(paragraph(lines[at]!));
    at += Math.max(1, bullets.length, numbers.length, quoted.length);
  }
  return { type: 'doc', content };
}

// Colleagues that a text of the editor names.
export function mentionsOf(node: JSONContent): string[] {
  const own = node.type === 'mention' && node.attrs?.id ? [String(node.attrs.id)] : [];
  return [...new Set([...own, ...(node.content ?? []).flatMap(mentionsOf)])];
}
