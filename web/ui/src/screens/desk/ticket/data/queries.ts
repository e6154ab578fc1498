// What the ticket screen asks the server for. Everything about one ticket is under ['ticket', id].
import { useQuery } from '@tanstack/react-query';
import { get, request, type Id } from '@/api/http';
import { queries } from '@/app/session';
import './follow';
import { keepPeople } from './people';
import type { Comment, Group, Organization, Person, Ticket, TicketAnswer, TicketEvent } from '@/screens/desk/types';

export const ticketKey = (id: Id) => ['ticket', String(id)] as const;
export const commentsKey = (id: Id) => ['ticket', String(id), 'comments'] as const;
export const eventsKey = (id: Id) => ['ticket', String(id), 'events'] as const;

interface ShownTicket { ticket: Ticket; users?: Person[]; organizations?: Organization[] }
let mayReadPeople = true; // until the server has said otherwise

export async function fetchTicket(id: Id, signal?: AbortSignal): Promise<TicketAnswer> {
  const path = `/api/v2/tickets/${id}?include=${mayReadPeople ? 'users,organizations,slas' : 'slas'}`;
  try {
    const { body, etag } = await request<ShownTicket>('GET', path, { signal });
    keepPeople(body.users ?? []);
    return { ticket: body.ticket, etag, organization: body.organizations?.[0] ?? null };
  } catch (problem) {
    if (!mayReadPeople || (problem as { status?: number }).status !== 403) throw problem;
    mayReadPeople = false;
    return fetchTicket(id, signal);
  }
}

interface Page<T> { links: { next: string | null }; meta: { has_more: boolean; after_cursor: string | null }; comments?: T[]; events?: T[] }

// All pages, in order; `told` after each, so that the beginning is shown while the rest is on its way.
async function allPages<T>(first: string, name: 'comments' | 'events', told?: (soFar: T[]) => void, signal?: AbortSignal): Promise<T[]> {
  const list: T[] = [];
  let next: string | null = first;
  while (next) {
    const page: Page<T> = await get<Page<T>>(next, signal);
    list.push(...(page[name] ?? []));
    next = page.links.next;
    if (next) told?.([...list]);
  }
  return list;
}

export const commentsPath = (id: Id, after?: Id) => `/api/v2/tickets/${id}/comments?page%5Bsize%5D=100${after === undefined ? '' : `&page%5Bafter%5D=${after}`}`;

async function fetchComments(id: Id, signal?: AbortSignal): Promise<Comment[]> {
  const shown = queries.getQueryData<Comment[]>(commentsKey(id));
  const told = shown?.length ? undefined : (soFar: Comment[]) => { queries.setQueryData(commentsKey(id), soFar); };
  return allPages<Comment>(commentsPath(id), 'comments', told, signal);
}

// The comments behind the last one that is known, and again those that have changed.
export async function refreshComments(id: Id, changed: Id[]) {
  const known = queries.getQueryData<Comment[]>(commentsKey(id));
  if (!known) return;
  const wanted = [...new Set(changed.map(String))].filter((each) => known.some((comment) => String(comment.id) === each));
  const last = known.at(-1);
  const [news, ...again] = await Promise.all([
    allPages<Comment>(commentsPath(id, last?.id), 'comments'),
    ...wanted.map(async (each) => (await get<{ comments: Comment[] }>(`/api/v2/tickets/${id}/comments?page%5Bsize%5D=1&page%5Bafter%5D=${BigInt(each) - 1n}`)).comments[0]),
  ]);
  queries.setQueryData<Comment[]>(commentsKey(id), (now) => {
    const all = new Map((now ?? []).map((each) => [String(each.id), each]));
    for (const [at, each] of wanted.entries()) {
      const found = again[at];
      if (found && String(found.id) === each) all.set(each, found);
      else all.delete(each); // withdrawn, or moved to another ticket
    }
    for (const each of news ?? []) all.set(String(each.id), each);
    return [...all.values()].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  });
}

export function keepTicket(id: Id, answer: { ticket: Ticket; etag: string | null }) {
  // Answers to changes do not tell the promised times; the feed has them asked for again.
  queries.setQueryData<TicketAnswer>(ticketKey(id), (was) => ({ organization: null, ...was, ...answer, ticket: { slas: was?.ticket.slas, ...answer.ticket } }));
}

const ticketQuery = (id: Id) => ({ queryKey: ticketKey(id), queryFn: ({ signal }: { signal: AbortSignal }) => fetchTicket(id, signal) });
const commentsQuery = (id: Id) => ({ queryKey: commentsKey(id), queryFn: ({ signal }: { signal: AbortSignal }) => fetchComments(id, signal) });
const eventsQuery = (id: Id) => ({ queryKey: eventsKey(id), queryFn: ({ signal }: { signal: AbortSignal }) => allPages<TicketEvent>(`/api/v2/tickets/${id}/events?page%5Bsize%5D=100`, 'events', undefined, signal) });

export const useTicket = (id: Id) => useQuery(ticketQuery(id));
export const useComments = (id: Id) => useQuery(commentsQuery(id));
export const useEvents = (id: Id) => useQuery(eventsQuery(id));

// Called by the lists for what is about to be opened (hover, the selected row), so that it is there at once.
export function prefetchTicket(id: Id) {
  void queries.prefetchQuery(ticketQuery(id));
  void queries.prefetchQuery(commentsQuery(id));
  void queries.prefetchQuery(eventsQuery(id));
}

const kSlow = 5 * 60_000; // definitions change seldom
const kNewcomers = 60_000;
const agentsQuery = { queryKey: ['agents'], staleTime: kNewcomers, queryFn: async () => everyPage<Person>('/api/v2/users?role=agent&page%5Bsize%5D=100', 'users') };
const groupsQuery = { queryKey: ['groups'], staleTime: kSlow, queryFn: async () => everyPage<Group>('/api/v2/groups?page%5Bsize%5D=100', 'groups') };
const fieldsQuery = { queryKey: ['ticket_fields'], staleTime: kSlow, queryFn: async () => (await get('/api/v2/ticket_fields')).ticket_fields };
const formsQuery = { queryKey: ['ticket_forms'], staleTime: kSlow, queryFn: async () => (await get('/api/v2/ticket_forms')).ticket_forms };
export const useAgents = (isWanted = true) => useQuery({ ...agentsQuery, enabled: isWanted });
export const useGroups = (isWanted = true) => useQuery({ ...groupsQuery, enabled: isWanted });
export const useFields = (isWanted = true) => useQuery({ ...fieldsQuery, enabled: isWanted });
export const useForms = (isWanted = true) => useQuery({ ...formsQuery, enabled: isWanted });
export const usePolicies = (isWanted = true) => useQuery({ queryKey: ['sla_policies'], staleTime: kSlow, enabled: isWanted, queryFn: async () => everyPage<{ id: Id; title: string }>('/api/v2/slas/policies?page%5Bsize%5D=100', 'sla_policies') });
export const useGroupPolicies = (isWanted = true) => useQuery({ queryKey: ['group_sla_policies'], staleTime: kSlow, enabled: isWanted, queryFn: async () => everyPage<{ id: Id; title: string }>('/api/v2/group_slas/policies?page%5Bsize%5D=100', 'group_sla_policies') });
export const useStatuses = () => useQuery({ queryKey: ['custom_statuses'], staleTime: kSlow, queryFn: async () => (await get('/api/v2/custom_statuses')).custom_statuses });

// What the first ticket that is opened will ask for: read once the list is there and the hands are still.
export function warmForTickets() {
  void queries.prefetchQuery(agentsQuery);
  void queries.prefetchQuery(groupsQuery);
  void queries.prefetchQuery(fieldsQuery);
  void queries.prefetchQuery(formsQuery);
}

async function everyPage<T>(first: string, name: string): Promise<T[]> {
  const list: T[] = [];
  let next: string | null = first;
  while (next) {
    const page: Record<string, unknown> & { links?: { next: string | null } } = await get<Record<string, unknown> & { links?: { next: string | null } }>(next);
    list.push(...(page[name] as T[]));
    next = page.links?.next ?? null;
  }
  return list;
}
