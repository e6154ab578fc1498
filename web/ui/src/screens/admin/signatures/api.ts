// What stands under replies: of a person (a field of the user) and of an inbox.
import { useQuery } from '@tanstack/react-query';
import { get, post, type Id } from '@/api/http';
import { changeThing, isOutdated, readThing, versionOf } from '@/api/versions';
import { queries } from '@/app/session';

export const kBytesMax = 4096;
export const bytesOf = (text: string) => new TextEncoder().encode(text).length;

// `isFormatted`: it was given bold words or links through the API; this page holds the text alone, and saving it makes it plain.
// `version`: of what the server said; kept as text, for the cache makes objects of its own.
export interface Stored { text: string; isFormatted: boolean; version?: string | null }
const kPlain = /^(?:\s|<\/?(?:p|br|div)\b[^>]*>|[^<])*$/;
export const storedOf = (text: string | null | undefined, html: unknown): Stored => ({ text: text ?? '', isFormatted: typeof html === 'string' && html !== '' && !kPlain.test(html) });

const inboxKey = (id: Id) => ['signature', 'inbox', String(id)];
interface OfInbox { body: string | null; html_body?: unknown }
const inboxStored = (signature: OfInbox): Stored => ({ ...storedOf(signature.body, signature.html_body), version: versionOf(signature) });
export const useInboxSignature = (id: Id) => useQuery({ queryKey: inboxKey(id), staleTime: 0, queryFn: async ({ signal }) => inboxStored(await readThing<OfInbox>(`/api/v2/inboxes/${id}/signature`, 'signature', signal)) });
// Refused (412) when somebody else has changed it since; what there is now is known then, so that the next attempt is meant.
async function save(key: readonly string[], work: () => Promise<Stored>) {
  try {
    queries.setQueryData(key, await work());
  } catch (problem) {
    if (isOutdated(problem)) await queries.refetchQueries({ queryKey: key, exact: true });
    throw problem;
  }
}

export function saveInboxSignature(id: Id, body: string, was: Stored) {
  return save(inboxKey(id), async () => inboxStored(await changeThing<OfInbox>(`/api/v2/inboxes/${id}/signature`, 'signature', { body }, was.version)));
}

const personKey = (id: Id) => ['signature', 'person', String(id)];
interface OfPerson { signature: string | null; signature_html?: unknown }
const personStored = (user: OfPerson): Stored => ({ ...storedOf(user.signature, user.signature_html), version: versionOf(user) });
export const usePersonSignature = (id: Id) => useQuery({ queryKey: personKey(id), staleTime: 0, queryFn: async ({ signal }) => personStored(await readThing<OfPerson>(`/api/v2/users/${id}`, 'user', signal)) });
export function savePersonSignature(id: Id, signature: string, was: Stored) {
  return save(personKey(id), async () => personStored(await changeThing<OfPerson>(`/api/v2/users/${id}`, 'user', { signature: signature || null }, was.version)));
}

// How a reply of one's own to that ticket would end.
export const previewSignature = async (ticket_id: Id, body: string) => (await post('/api/v2/signatures/preview', { signature: { ticket_id, body } })).signature.body ?? '';
// The ticket that is looked at unless another one is named; null: there is none yet.
export const useLastTicket = (isWanted: boolean) => useQuery({ queryKey: ['signature', 'ticket'], enabled: isWanted, queryFn: async ({ signal }) => (await get<{ tickets: { id: Id }[] }>('/api/v2/tickets?page[size]=1', signal)).tickets[0]?.id ?? null });
