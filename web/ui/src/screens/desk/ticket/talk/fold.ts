// Finds what a message quotes, so that it can be folded for display. Lossless: the parts together are the text, to the byte.
export interface Part { kind: 'text' | 'quote'; text: string }

const kQuotedMin = 2; // one quoted line is read faster than unfolded
const isQuoted = (line: string) => /^\s{0,3}>/.test(line);
const isBlank = (line: string) => line.trim() === '';
// "On Monday Ada wrote:", "Le 3 mai, Ada a écrit :", "Am … schrieb …:", "El … escribió:"
const isAttribution = (line: string) => line.length < 300 && /(wrote|écrit|schrieb|escribió|scritto|schreef)\b.*:\s*$/.test(line) && /^(On|Le|Am|El|Il|Op)\s/.test(line.trimStart());
// What Outlook and others put above a message that they quote whole.
const isOriginal = (line: string) => /^\s*(-{2,}\s*(Original Message|Message d'origine|Message d’origine|Ursprüngliche Nachricht|Forwarded message|Message transféré)\s*-{2,}|_{20,})\s*$/i.test(line);
const isHeaderLine = (line: string) => /^\s*\*?(From|De|Von)\s?:\*?\s/.test(line);
const isDateLine = (line: string) => /^\s*\*?(Sent|Date|Envoyé|Gesendet)(\s(le|am))?\s?:\*?\s/.test(line);

// Lines with their ends.
const linesOf = (text: string) => text.split(/(?<=\n)/);

function endOfQuoted(lines: string[], from: number): number {
  let end = from;
  for (let at = from; at < lines.length; at += 1) {
    if (isQuoted(lines[at]!)) end = at + 1;
    else if (!isBlank(lines[at]!)) break;
  }
  return end;
}

// Where a quotation begins at this line, and where it ends; null: it does not.
function quoteAt(lines: string[], at: number): number | null {
  const line = lines[at]!;
  if (isOriginal(line) && lines.slice(at + 1, at + 5).some(isHeaderLine)) return lines.length;
  if (isHeaderLine(line) && lines.slice(at + 1, at + 4).some(isDateLine)) return lines.length;
  let first = at;
  if (isAttribution(line)) {
    first = at + 1;
    while (first < lines.length && isBlank(lines[first]!)) first += 1;
    if (first >= lines.length || !isQuoted(lines[first]!)) return null;
    return endOfQuoted(lines, first);
  }
  if (!isQuoted(line)) return null;
  const end = endOfQuoted(lines, first);
  return end - first >= kQuotedMin ? end : null;
}

export function foldQuotes(text: string): Part[] {
  const lines = linesOf(text);
  const parts: Part[] = [];
  const add = (kind: Part['kind'], piece: string) => {
    const last = parts.at(-1);
    if (last?.kind === kind) last.text += piece;
    else parts.push({ kind, text: piece });
  };
  for (let at = 0; at < lines.length;) {
    const end = quoteAt(lines, at);
    if (end === null) { add('text', lines[at]!); at += 1; } else { add('quote', lines.slice(at, end).join('')); at = end; }
  }
  // A message that is nothing but a quotation would look empty.
  return parts.some((each) => each.kind === 'text' && !isBlank(each.text)) ? parts : [{ kind: 'text', text }];
}
