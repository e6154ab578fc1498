// Findings are told in bytes of UTF-8; a string has UTF-16 units.
export interface Range { begin: number; end: number }
export interface Piece<T> { text: string; found: T | null }

const bytesOf = (point: number) => (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);

// The text cut at the findings; where two overlap the first one has the place.
export function pieces<T extends Range>(text: string, findings: T[]): Piece<T>[] {
  const sorted = [...findings].sort((a, b) => a.begin - b.begin || b.end - a.end);
  const cuts = new Set(sorted.flatMap((each) => [each.begin, each.end]));
  const unitAt = new Map<number, number>();
  let byte = 0;
  let unit = 0;
  for (const letter of text) {
    if (cuts.has(byte)) unitAt.set(byte, unit);
    byte += bytesOf(letter.codePointAt(0)!);
    unit += letter.length;
  }
  unitAt.set(byte, unit);
  const out: Piece<T>[] = [];
  let from = 0;
  for (const each of sorted) {
    const begin = unitAt.get(each.begin);
    const end = unitAt.get(each.end);
    if (begin === undefined || end === undefined || begin < from) continue;
    if (begin > from) out.push({ text: text.slice(from, begin), found: null });
    out.push({ text: text.slice(begin, end), found: each });
    from = end;
  }
  if (from < text.length) out.push({ text: text.slice(from), found: null });
  return out;
}
