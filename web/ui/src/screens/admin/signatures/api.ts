// What stands under replies: of a person (a field of the user) and of an inbox.
import { useQuery } from '@tanstack/react-query';
import { get, post, put, type Id } from '@/api/http';
import { queries } from '@/app/session';

export const kBytesMax = 4096;
export const bytesOf = (text: string) => new TextEncoder().encode(text).length;

// `isFormatted`: it was given bold words or links through the API; this page holds the text alone, and saving it makes it plain.
export interface Stored { text: string; isFormatted: boolean }
const kPlain = /^(?:\s|<\/?(?:p|br|div)\b[^>]*>|[^<])*$/;
export const storedOf = (text: string | null | undefined, html: unknown): Stored => ({ text: text ?? '', isFormatted: typeof html === 'string' && html !== '' && !kPlain.test(html) });

const inboxKey = (id: Id) => ['signature', 'inbox', String(id)];
const inboxStored = (signature: { body: string | null; html_body?: unknown }) => storedOf(signature.body, signature.html_body);
export const useInboxSignature = (id: Id) => useQuery({ queryKey: inboxKey(id), staleTime: 0, queryFn: async ({ signal }) => inboxStored((await get(`/api/v2/inboxes/${id}/signature`, signal)).signature) });
export async function saveInboxSignature(id: Id, body: string) {
  queries.setQueryData(inboxKey(id), inboxStored((await put(`/api/v2/inboxes/${id}/signature`, { signature: { body } })).signature));
}

const personKey = (id: Id) => ['signature', 'person', String(id)];
const personStored = (user: { signature: string | null; signature_html?: unknown }) => storedOf(user.signature, user.signature_html);
export const usePersonSignature = (id: Id) => useQuery({ queryKey: personKey(id), staleTime: 0, queryFn: async ({ signal }) => personStored((await get(`/api/v2/users/${id}`, signal)).user) });
export async function savePersonSignature(id: Id, signature: string) {
  queries.setQueryData(personKey(id), personStored((await put(`/api/v2/users/${id}`, { user: { signature: signature || null } })).user));
}

// How a reply of one's own to that ticket would end.
export const previewSignature = async (ticket_id: Id, body: string) => (await post('/api/v2/signatures/preview', { signature: { ticket_id, body } })).signature.body ?? '';
// The ticket that is looked at unless another one is named; null: there is none yet.
export const useLastTicket = (isWanted: boolean) => useQuery({ queryKey: ['signature', 'ticket'], enabled: isWanted, queryFn: async ({ signal }) => (await get<{ tickets: { id: Id }[] }>('/api/v2/tickets?page[size]=1', signal)).tickets[0]?.id ?? null });
