// What a colleague wrote with formatting, as a tree of the few elements that the composer makes. The HTML was sanitised by the
// server; here it is read in a document of its own, which loads and runs nothing, and built anew: what is not known is its text.
export type RichTag = 'p' | 'br' | 'strong' | 'em' | 's' | 'u' | 'code' | 'pre' | 'ul' | 'ol' | 'li' | 'blockquote' | 'a' | 'h' | 'hr' | 'table' | 'thead' | 'tbody' | 'tr' | 'th' | 'td';
export type Rich = string | { tag: RichTag; href?: string; start?: number; colSpan?: number; rowSpan?: number; children: Rich[] };

const kTags: Record<string, RichTag> = {
  P: 'p', DIV: 'p', BR: 'br', STRONG: 'strong', B: 'strong', EM: 'em', I: 'em', S: 's', STRIKE: 's', DEL: 's', U: 'u', CODE: 'code', PRE: 'pre', UL: 'ul', OL: 'ol', LI: 'li',
  BLOCKQUOTE: 'blockquote', A: 'a', H1: 'h', H2: 'h', H3: 'h', H4: 'h', H5: 'h', H6: 'h', HR: 'hr', TABLE: 'table', THEAD: 'thead', TBODY: 'tbody', TFOOT: 'tbody', TR: 'tr', TH: 'th', TD: 'td',
};
const kDropped = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'TITLE', 'HEAD', 'NOSCRIPT', 'IFRAME', 'OBJECT', 'SVG', 'MATH']);
const kMost = 1000; // of a list's first number and of a cell's columns
const kDepth = 40; // deeper than anybody writes

const hrefOf = (element: Element): string | undefined => {
  const given = element.getAttribute('href') ?? '';
  return /^(https?:\/\/|mailto:)/i.test(given) ? given : undefined;
};

// A number that an element says of itself, where it is another than the usual one.
const numberOf = (element: Element, name: string): number | undefined => {
  const given = Number(element.getAttribute(name) ?? 1);
  return Number.isInteger(given) && given !== 1 && given >= 0 && given <= kMost ? given : undefined;
};

function inside(node: Node, depth: number): Rich[] {
  return [...node.childNodes].flatMap((each): Rich[] => {
    if (each.nodeType === Node.TEXT_NODE) return each.textContent ? [each.textContent] : [];
    if (!(each.nodeType === Node.ELEMENT_NODE) || depth > kDepth) return [];
    const element = each as Element;
    const name = element.tagName.toUpperCase();
    if (kDropped.has(name)) return [];
    const children = inside(element, depth + 1);
    const tag = kTags[name];
    const href = tag === 'a' ? hrefOf(element) : undefined;
    if (!tag || (tag === 'a' && !href)) return children;
    const isCell = tag === 'td' || tag === 'th';
    const more = { href, start: tag === 'ol' ? numberOf(element, 'start') : undefined, colSpan: isCell ? numberOf(element, 'colspan') : undefined, rowSpan: isCell ? numberOf(element, 'rowspan') : undefined };
    return [{ tag, ...more, children }];
  });
}

export const richOf = (html: string): Rich[] => inside(new DOMParser().parseFromString(html, 'text/html').body, 0);
