// What the server says of a refused request, in the page's language: by its status, type and codes where these tell enough,
// and the English sentences that people meet often by what they say. locales/*/problems.json has the words.
import i18next from 'i18next';
import { kSentences } from './sentences';

export interface ProblemDetail { description: string; error?: string }

const say = (key: string, values?: Record<string, unknown>): string | undefined =>
  i18next.isInitialized && i18next.exists(`problems:${key}`, values) ? i18next.t(`problems:${key}`, values) : undefined;

// Of the whole sentence; undefined: not one of these.
export function knownSentence(said: string): string | undefined {
  const [, at, rest] = /^character (\d+): (.+)$/.exec(said) ?? [];
  if (rest) return say('said.query_at', { a: at, b: knownSentence(rest) ?? rest });
  for (const [key, pattern] of kSentences) {
    const found = pattern.exec(said);
    if (found) return say(`said.${key}`, { a: found[1] ?? '', b: found[2] ?? '' });
  }
  return undefined;
}

// About one field. What is known by its code only is told with the server's own words behind it.
export const detailWords = ({ description, error }: ProblemDetail): string => knownSentence(description) ?? say(`code.${error ?? 'InvalidValue'}`, { said: description }) ?? description;

// What a change of many says of one that it left out: "status: a closed ticket does not change".
export function itemWords(error: string | undefined, details: string | undefined): string {
  const [, name = '', rest = details ?? ''] = /^([a-z_.[\]\d]+): (.+)$/s.exec(details ?? '') ?? [];
  const said = knownSentence(rest) ?? (error === 'PermissionDenied' ? say('general.forbidden') : error === 'RecordNotFound' ? say('general.gone') : undefined);
  if (said) return said;
  return rest ? (name ? aboutField(fieldName(name), rest) : rest) : (error ?? '');
}

// "tickets.3.subject" is "Subject"; a name that is not known stays as it is.
export function fieldName(place: string): string {
  const last = place.split('.').pop()!.replace(/\[\d+\]$/, '');
  return say(`field.${last}`) ?? last;
}

export const aboutField = (name: string, words: string): string => say('about', { name, words }) ?? `${name}: ${words}`;

const kByType: Record<string, string> = { 'urn:postern:problem:fresh-factor-required': 'proof', 'urn:postern:problem:second-factor-required': 'must_enrol' };
const kByStatus: Record<number, string> = { 401: 'signed_out', 403: 'forbidden', 404: 'gone', 405: 'gone', 408: 'slow', 409: 'conflict', 410: 'too_old', 412: 'changed', 413: 'too_large', 415: 'wrong_type', 429: 'too_many', 502: 'unavailable', 503: 'unavailable', 504: 'slow' };
// What stands before the part that says more: "invalid field: title: too long".
const kStock = /^(?:invalid field|invalid|a field is not of its form|changed since it was read|not found|not permitted|too many requests|no inbox has this address|Record validation errors)(?:: |$)/;

// About the whole request, when no field is named.
export function generalWords(status: number, problem: { type?: string; detail?: string; description?: string; title?: string; instance?: string }, retryAfter = 0): string {
  const said = problem.detail || problem.description || '';
  const rest = said.replace(kStock, '').replace(/^[a-z_.[\]\d]+: /, '');
  if (status === 0) return (problem.title ? say('general.other_user') : say('general.unreachable')) ?? problem.title ?? 'The server was not reached.';
  const known = knownSentence(rest);
  if (known) return known;
  if (status === 429 && retryAfter > 0) return say('general.too_many_wait', { count: Math.ceil(retryAfter) }) ?? said;
  if (status >= 500 && !(status in kByStatus)) return say('general.server', { id: problem.instance?.split(':').pop() ?? '' }) ?? said;
  const general = say(`general.${kByType[problem.type ?? ''] ?? kByStatus[status] ?? 'refused'}`);
  if (!general) return said || problem.title || `The server answered ${status}.`;
  // What the status alone tells is enough unless the server has said more.
  const hasMore = (status === 422 || status === 400 || status === 403 || status === 409) && rest && !/^(?:not permitted|\w+\/\S+)$/.test(rest) && !kByType[problem.type ?? ''];
  return hasMore ? (say('general.said', { general: general.replace(/\.$/, ''), said: rest }) ?? said) : general;
}
