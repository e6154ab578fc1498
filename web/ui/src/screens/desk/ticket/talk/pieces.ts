// Text of a message in pieces: what was redacted, addresses that can be followed, and the marks that our own composer writes
// ("**bold**", "_italic_", "`code`"). Everything else is shown as it stands.
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'redacted'; text: string }
  | { kind: 'link'; text: string; href: string }
  | { kind: 'bold' | 'italic' | 'code' | 'strike'; text: string };

const kRedacted = /\d[\d .-]{0,12}(?:[\u2587\u2588]|\*{3,})[\u2587\u2588*\d .-]*\d|[\u2587\u2588]{2,}/g;
const kLink = /\bhttps?:\/\/[^\s<>"'`\u2587]+/g;
const kStyle = /(?<![\p{L}\p{N}*_~`])(\*\*|_|~~|`)(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}*_~`])/gu;

function split<T extends Piece>(text: string, pattern: RegExp, make: (found: RegExpMatchArray) => T | null): Piece[] {
  const out: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    const piece = make(found);
    if (!piece) continue;
    if (found.index > from) out.push({ kind: 'text', text: text.slice(from, found.index) });
    out.push(piece);
    from = found.index + found[0].length - (found[0].length - matched(found[0], piece));
  }
  if (from < text.length) out.push({ kind: 'text', text: text.slice(from) });
  return out;
}

// Of an address, the end of a sentence is not part.
const matched = (whole: string, piece: Piece) => (piece.kind === 'link' ? piece.text.length : whole.length);

function linkOf(found: RegExpMatchArray): Piece | null {
  let text = found[0].replace(/[.,;:!?]+$/, '');
  if (text.endsWith(')') && !text.includes('(')) text = text.slice(0, -1);
  try {
    return { kind: 'link', text, href: new URL(text).href };
  } catch {
    return null;
  }
}

const styles = { '**': 'bold', _: 'italic', '~~': 'strike', '`': 'code' } as const;
const styleOf = (found: RegExpMatchArray): Piece => ({ kind: styles[found[1] as keyof typeof styles], text: found[2]! });

const within = (pieces: Piece[], cut: (text: string) => Piece[]) => pieces.flatMap((each) => (each.kind === 'text' ? cut(each.text) : [each]));

// `isOurs`: written in our composer, so that its marks are meant.
export function piecesOf(text: string, isOurs = false): Piece[] {
  let pieces = split(text, kRedacted, (found) => ({ kind: 'redacted', text: found[0] }));
  pieces = within(pieces, (each) => split(each, kLink, linkOf));
  return isOurs ? within(pieces, (each) => split(each, kStyle, styleOf)) : pieces;
}
