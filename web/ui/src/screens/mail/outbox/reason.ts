// Why mail still waits, from what the other server said (RFC 3463 codes) or what this one found on the way. The key of a
// sentence in locales/*/mail.json, "reason.…".
export type Reason =
  | 'new' | 'held' | 'sending' | 'damaged' | 'greylisted' | 'full' | 'unknown_person' | 'refused_policy' | 'too_large' | 'busy' | 'no_connection' | 'no_address'
  | 'no_domain' | 'tls' | 'sender_rejected' | 'loop' | 'signing' | 'deferred' | 'refused';

export interface Waiting { last_reply: string; attempts: number; held: boolean; damaged: boolean; leased_until: string | null }

const sentences: [RegExp, Reason][] = [
  [/could not be signed/i, 'signing'],
  [/TLS (is required|handshake|failed)|\(DANE\)|MTA-STS/i, 'tls'],
  [/does not exist|not a domain name|null MX|accepts no mail/i, 'no_domain'],
  [/could not be looked up|cannot be read|has no address/i, 'no_address'],
  [/loops back/i, 'loop'],
  [/larger than/i, 'too_large'],
  [/grey-?list|try again later|temporar\w+ (rejected|deferred)/i, 'greylisted'],
  [/no connection could be made|peer closed|deadline passed|input or output failed|connection refused|timed? ?out|unreachable|reset by peer|broken pipe|end of (stream|file)|No route/i, 'no_connection'],
];

const codes: [RegExp, Reason][] = [
  [/^[45]\.2\.2/, 'full'], [/^[45]\.1\.(1|6|10)/, 'unknown_person'], [/^[45]\.1\.[78]/, 'sender_rejected'], [/^[45]\.1\.2/, 'no_domain'], [/^[45]\.3\.4|^[45]\.2\.3/, 'too_large'],
  [/^4\.7\.1/, 'greylisted'], [/^[45]\.7\./, 'refused_policy'], [/^[45]\.4\.6/, 'loop'], [/^4\.4\./, 'no_connection'], [/^4\.(3|5)\./, 'busy'],
];

export function reasonOf(entry: Waiting, now = Date.now()): Reason {
  if (entry.damaged) return 'damaged';
  if (entry.held) return 'held';
  if (entry.leased_until && Date.parse(entry.leased_until) > now) return 'sending';
  return reasonOfReply(entry.last_reply, entry.attempts);
}

export function reasonOfReply(reply: string, attempts = 1): Reason {
  if (!reply && attempts === 0) return 'new';
  for (const [pattern, reason] of sentences) if (pattern.test(reply)) return reason;
  const [, basic, enhanced] = /(?:^|\s)([45]\d\d)[ -](?:([45]\.\d{1,3}\.\d{1,3})\s)?/.exec(reply) ?? [];
  const code = enhanced ?? /(?:^|\s)([45]\.\d{1,3}\.\d{1,3})(?:\s|$)/.exec(reply)?.[1];
  for (const [pattern, reason] of codes) if (code && pattern.test(code)) return reason;
  if (basic === '421') return 'busy';
  if (basic === '450' || basic === '451') return 'greylisted';
  if (basic === '452') return 'full';
  if (basic === '550' || basic === '551' || basic === '553') return 'unknown_person';
  if (basic === '552') return 'too_large';
  return basic?.startsWith('5') || code?.startsWith('5') ? 'refused' : 'deferred';
}
