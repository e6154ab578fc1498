// What the server says of a refused request, in the page's language: by its status, type and codes where these tell enough,
// and the English sentences that people meet often by what they say. locales/*/problems.json has the words.
import i18next from 'i18next';

export interface ProblemDetail { description: string; error?: string }

const say = (key: string, values?: Record<string, unknown>): string | undefined =>
  i18next.isInitialized && i18next.exists(`problems:${key}`, values) ? i18next.t(`problems:${key}`, values) : undefined;

// The key is that of "said" in the words; a, b are what the pattern took out.
export const kSentences: [key: string, pattern: RegExp][] = [
  ['blank', /^(?:cannot be blank|must not be empty|empty)$/],
  ['empty_or_long', /^(?:empty or too long)$/],
  ['bytes', /^(?:at most|too long, at most) (\d+) bytes$/],
  ['long', /^too long$|^a value is too long$/],
  ['too_large', /^too large$|^too large together$/],
  ['short', /^at least two characters$|^too short to be looked for$/],
  ['most', /^at most (\d+)$/],
  ['too_many', /^too many(?: values| or too long)?$/],
  ['nothing', /^nothing to (?:change|redact)$/],
  ['time', /^a time as \S+ is expected$/],
  ['date', /^a date (?:such as \S+ is expected|from 1970 to 2099, as \S+)$/],
  ['address', /^(?:no address|an address is expected)$/],
  ['address_fixed', /^an address does not change$/],
  ['address_taken', /^(?:it is somebody's already|has an account here already|the login is taken)$/],
  ['not_inbox', /^is no address of an inbox$|^no such inbox$/],
  ['nobody', /^(?:is nobody's address here|there is nobody of this id|no such user|there is none such)$/],
  ['secret', /^(?:the address )?holds (?:a value that must not|what may not) be stored$/],
  ['upload', /^unknown (?:or expired )?upload token$/],
  ['file_empty', /^the file is empty$/],
  ['tag', /^(?:is no tag|not a tag|(?:a (?:value is a )?tag(?: has|:) )?no blanks, commas or quotes(?:, and (?:is )?not too long)?|a value is a tag: no blanks, commas or quotes)$/],
  ['same_tag', /^is the same tag$/],
  ['unused_tag', /^no ticket that is open has it$/],
  ['taken', /^another (?:group|organization|field|role|status|form|view|policy) has it$|^is listed already$|^there is a rule of that id$/],
  ['domain', /^not a domain$/],
  ['domain_taken', /^one belongs to another organization$/],
  ['twice', /^(?:a value|one) is there twice$/],
  ['one_default', /^one default at most$/],
  ['fixed', /^does not change$/],
  ['key_shape', /^letters, digits, underscores and hyphens, and not digits alone$/],
  ['wrong', /^is (?:wrong|not right)$/],
  ['over', /^is over: begin again$/],
  ['last_owner', /^the last owner stays one: make another one first$/],
  ['above', /^(?:somebody who may do more than you|a role above your own|scopes: more than the owner may do|more than the owner may do)$/],
  ['owners', /^owners only$/],
  ['role', /^your role does not permit this$/],
  ['network', /^your network is not allowed here$/],
  ['token', /^an API token may not do this: sign in$/],
  ['factor_first', /^(?:a second factor is required: add another one first|add a second factor first)$/],
  ['range_of', /^not an address or a range such as 192\.0\.2\.0\/24: (.+)$/],
  ['range', /^not an address or a range such as 192\.0\.2\.0\/24$/],
  ['block_reason', /^a block needs a reason: who is refused is told it$/],
  ['closed', /^a closed (?:ticket|request) (?:does not change|is not rated)$/],
  ['new_once', /^a ticket is new only once$/],
  ['own_problem', /^a ticket is not its own problem$/],
  ['gone_group', /^(?:there is no such group|one of them is not there)$/],
  ['gone_organization', /^there is no such organization$/],
  ['gone_status', /^(?:there is )?no such status$/],
  ['gone_form', /^(?:there is )?no such form$/],
  ['gone_field', /^(?:there is )?no such (?:custom )?field$|^there is no field of such a key$/],
  ['other_status', /^is not one of that status$/],
  ['no_agent', /^not an agent$/],
  ['full_group', /^the group is full$/],
  ['regexp', /^not a regular expression of RE2, or too large$/],
  ['pattern', /^an address, a domain, or \*(?: for everybody)?$/],
  ['not_found_text', /^not found in the (?:ticket|comment)$/],
  ['phone', /^is no international number, such as (.+)$/],
  ['https', /^begins with https:\/\/$/],
  ['zone', /^a name of the IANA database/],
  ['overlap', /^they overlap$/],
  ['workspace_name', /^(?:is not the name of this workspace|not that of the workspace)$/],
  ['one_of', /^one of: (.+)$/],
  ['one_of', /^((?:[a-z_-]+, )*[a-z_-]+ or [a-z_-]+)(?: is expected)?$/],
  ['stay', /^one comment has to stay$/],
  ['named_twice', /^a ticket is named twice, or is its own target$/],
  ['undone', /^it has been undone$/],
  ['not_undone', /^nothing of it can be undone any more$/],
  ['jobs', /^too many have not ended yet$/],
  ['ccs', /^the ticket has too many CCs$/],
  ['integer', /^an integer is expected$/],
  ['decimal', /^a decimal number is expected$/],
  ['date', /^a date as \S+ is expected$/],
  ['form', /^is not of the form that the field asks for$/],
  ['option', /^is none of the field's options: (.+)$/],
  ['long', /^is too long$|^too long together$/],
  ['too_many', /^has too many values$/],
  ['query_bytes', /^a query has at most (\d+) bytes$/],
  ['query_parts', /^a query (?:has|looks for) at most (\d+) (?:parts|words)$/],
  ['query_quote', /^the quotation mark is not closed$/],
  ['query_keyword', /^there is no such keyword; in quotation marks it is text\. There are: (.+)$/],
  ['query_value', /^a value is missing behind the keyword$/],
  ['query_order', /^(?:texts have|this has) no order: write “:”$/],
  ['query_star', /^“\*” stands behind the beginning of one word$/],
  ['query_prefix', /^before “\*” there have to be (\d+) letters$/],
  ['query_wide', /^too many words begin like what stands before “\*”: write more of it$/],
  ['query_time', /^a time is expected: (.+)$/],
  ['query_one_of', /^(.+(?:,| or) .+) is expected(?:; what is found are tickets only)?$/],
  ['query_number', /^a number is expected$/],
  ['query_missing', /^what to search for is missing$/],
];

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
