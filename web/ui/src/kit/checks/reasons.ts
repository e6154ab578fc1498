// Why a check of a sender ended as it did: the server's English words for it, and the keys of ours in locales/*/checks.json.
import type { Words } from '@/i18n';

export const kReasons: [key: string, pattern: RegExp][] = [
  ['fields_many', /^too many header fields$/],
  ['above', /^another (\S+) field stands above the signed one$/],
  ['above_seal', /^another (\S+) field stands above the sealed one$/],
  ['key_unfetched', /^key (?:\S+ )?could not be fetched$/],
  ['busy', /^too busy to check/],
  ['key_type', /^key is of another type$/],
  ['key_hash', /^key does not allow the hash$/],
  ['key_purpose', /^key is not for mail$/],
  ['key_subdomain', /^key does not allow i= in a subdomain$/],
  ['key_revoked', /^key revoked$/],
  ['key_broken', /^(?:key record without p=|key record syntax error|public key cannot be read|key could not be used)$/],
  ['key_short', /^public key too short$/],
  ['key_long', /^public key too long$/],
  ['key_many', /^more than one key record$/],
  ['key_version', /^key record of another version$/],
  ['key_none', /^no key for signature$/],
  ['signature_form', /^(?:signature field too long|signature syntax error|signature unusable|unknown query method|s= and d= are too long|h= names too many fields|h= in a seal|[a-z]{1,2}= (?:missing|invalid|missing or invalid|too long|is outside d=|is not after t=))$/],
  ['from_unsigned', /^From is not signed$/],
  ['algorithm', /^(?:rsa-sha1 is not a signature \(RFC 8301\)|unknown algorithm)$/],
  ['future', /^signed in the future$/],
  ['expired', /^signature expired$/],
  ['unsigned_rest', /^l= leaves content unsigned$/],
  ['unsigned_more', /^l= exceeds the body$/],
  ['body_changed', /^body hash did not verify$/],
  ['not_verified', /^signature did not verify$/],
  ['not_understood', /^message not understood$/],
  ['spf_no_domain', /^no domain to check$/],
  ['spf_none', /^domain publishes no SPF record$/],
  ['slow', /^DNS took too long$/],
  ['spf_lookups', /^more than (\d+) DNS lookups$/],
  ['spf_voids', /^more than (\d+) void DNS lookups$/],
  ['spf_mx', /^more than (\d+) MX records$/],
  ['spf_questions', /^too many DNS questions$/],
  ['no_answer', /^DNS did not answer$/],
  ['spf_many', /^more than one SPF record$/],
  ['record_long', /^record too long$/],
  ['record_syntax', /^record syntax error$/],
  ['spf_redirect', /^redirect to a domain without SPF record$/],
  ['spf_include', /^include of a domain without SPF record$/],
  ['dmarc_no_author', /^no author domain in From$/],
  ['dmarc_authors', /^From names several domains$/],
  ['dmarc_unfetched', /^policy could not be fetched$/],
  ['dmarc_none', /^domain publishes no policy$/],
  ['dmarc_unchecked', /^an aligned identifier could not be checked$/],
  ['dmarc_unaligned', /^no aligned identifier passed$/],
  ['arc_many', /^(?:more than \d+ ARC sets|more ARC sets than are checked \(\d+\))$/],
  ['arc_twice', /^more than one (\S+) of ARC set (\d+)$/],
  ['arc_ended', /^the newest seal says that the chain failed$/],
  ['arc_long', /^(\S+) too long$/],
  ['arc_lacks', /^an ARC set lacks a field$/],
  ['arc_status', /^wrong cv= of ARC set (\d+)$/],
  ['arc_gap', /^(\S+): i= leaves a gap$/],
  ['arc_part', /^(ARC-\S+) of ARC set (\d+): (.+)$/],
  ['arc_field', /^(ARC-[^\s:]+): (.+)$/],
  ['arc_open', /^the newest ARC-Message-Signature does not cover From and the whole body$/],
  ['not_trusted', /^not trusted: (.+)$/],
];

// What is in a sentence of these is a reason again, by its place.
const kWithin: Record<string, number> = { arc_part: 3, arc_field: 2, not_trusted: 1 };

// What is not known stays in the server's words: what a domain publishes itself is in its own language anyway.
export function reasonWords(t: Words, said: string): string {
  for (const [key, pattern] of kReasons) {
    const found = pattern.exec(said);
    if (!found) continue;
    const parts = found.map((each, at) => (at > 0 && at === kWithin[key] ? reasonWords(t, each) : each));
    return t(`reason.${key}`, { a: parts[1] ?? '', b: parts[2] ?? '', c: parts[3] ?? '' });
  }
  return said;
}
