// A found piece of text: the server sends it as escaped HTML with <mark>. It is shown as text, never as HTML.
export interface Bit { text: string; isFound: boolean }

const kEntities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const decoded = (text: string) => text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
  if (name) return kEntities[name.toLowerCase()] ?? whole;
  const code = decimal ? Number(decimal) : parseInt(hex!, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
});

export function bitsOf(highlights: string): Bit[] {
  const out: Bit[] = [];
  let isFound = false;
  for (const part of highlights.split(/(<\/?mark>)/)) {
    if (part === '<mark>') isFound = true;
    else if (part === '</mark>') isFound = false;
    else if (part) out.push({ text: decoded(part), isFound });
  }
  return out;
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

// The words of a query that subjects are marked with: no keywords, no excluded ones, without "*".
export function wordsOfQuery(query: string): string[] {
  const out: string[] = [];
  for (const [whole, phrase] of query.matchAll(/(?:^|\s)-?(?:[a-z_\d]+[:<>=]+)?(?:"([^"]*)"|\S+)/gi)) {
    const term = whole.trim();
    if (term.startsWith('-')) continue;
    const keyword = /^([a-z_\d]+)[:<>=]+/i.exec(term)?.[1];
    if (keyword && keyword !== 'subject') continue;
    const text = plain((phrase ?? term.replace(/^subject:/i, '')).replace(/^"|"$/g, '').replace(/\*$/, ''));
    if (text.length > 1) out.push(text);
  }
  return out;
}

// A subject with these words marked; case and accents do not count.
export function marked(subject: string, words: string[]): Bit[] {
  if (words.length === 0) return [{ text: subject, isFound: false }];
  const chars = [...subject];
  const folded = chars.map(plain);
  const isFound = new Array<boolean>(chars.length).fill(false);
  const isWord = (at: number) => at >= 0 && at < folded.length && /[\p{L}\p{N}]/u.test(folded[at]!);
  for (const word of words) {
    for (let at = 0; at < chars.length; at += 1) {
      if (isWord(at - 1)) continue;
      let text = '';
      let end = at;
      while (end < chars.length && text.length < word.length) { text += folded[end]!; end += 1; }
      if (text === word) isFound.fill(true, at, end);
    }
  }
  const out: Bit[] = [];
  for (const [at, char] of chars.entries()) {
    const last = out.at(-1);
    if (last && last.isFound === isFound[at]) last.text += char;
    else out.push({ text: char, isFound: isFound[at]! });
  }
  return out;
}
