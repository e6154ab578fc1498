// What somebody types who looks for a mail, and the two ways in which a trace is named: 13 letters and digits (Crockford's
// base 32) in headers and addresses, a number in ids of suspended mail.
const kAlphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const kLength = 13;

export function traceOfNumber(id: string): string {
  let rest = BigInt(id);
  let out = '';
  for (let at = 0; at < kLength; at += 1) {
    out = kAlphabet[Number(rest & 31n)]! + out;
    rest >>= 5n;
  }
  return out;
}

export type Wanted = { kind: 'trace'; id: string } | { kind: 'address'; address: string } | { kind: 'message'; id: string } | { kind: 'ticket'; id: string } | { kind: 'nothing' };

// A Message-ID and an address look alike: <angle brackets> or a left side that no person has make it a Message-ID.
export function wantedOf(typed: string): Wanted {
  const text = typed.trim().replace(/^Message-ID:\s*/i, '');
  if (!text) return { kind: 'nothing' };
  if (/^#?\d{1,10}$/.test(text)) return { kind: 'ticket', id: text.replace('#', '') };
  if (/^[0-9a-hjkmnp-tv-z]{13}$/i.test(text)) return { kind: 'trace', id: text.toLowerCase() };
  const inner = /^<([^<>\s]+)>$/.exec(text)?.[1];
  if (inner) return { kind: 'message', id: inner };
  const angled = /<([^<>\s@]+@[^<>\s@]+)>$/.exec(text)?.[1];
  const address = angled ?? text;
  if (!/^[^\s@]+@[^\s@]+$/.test(address)) return { kind: 'nothing' };
  const left = address.split('@')[0]!;
  return !angled && (left.length > 32 || /[$=]|\d{9,}/.test(left)) ? { kind: 'message', id: address } : { kind: 'address', address: address.toLowerCase() };
}

// The trace of a stored message, from the Received field that this server wrote on top.
export const traceOfHeader = (header: string) => /\(Postern\) with \S+\s+id ([0-9a-hjkmnp-tv-z]{13})\b/i.exec(header)?.[1]?.toLowerCase() ?? null;
