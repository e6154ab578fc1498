// Who is signed in. Everything the page knows of him is dropped when he leaves: queries, token, drafts in memory.
import { QueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { get, newSeason, request, setCsrfToken, type Id } from '@/api/http';

export interface Me { id: Id; name: string; email: string; role: string; active: boolean; [more: string]: unknown }
export interface SessionAnswer {
  user: Me;
  permissions: string[];
  session?: { id: Id; csrf_token: string; must_enrol?: boolean; expires_at?: string };
  workspace?: { name?: string };
}

export const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry: (failures, problem) => failures < 2 && (problem as { status?: number }).status === 0, refetchOnWindowFocus: false } },
});

export async function whoAmI(): Promise<SessionAnswer> {
  const { body } = await request<SessionAnswer>('GET', '/api/v2/session', { isSignIn: true });
  setCsrfToken(body.session?.csrf_token ?? '');
  return body;
}

// Notes the token of an answer that may have opened a session.
export function entering<T extends { session?: { csrf_token: string } }>(answer: T): T {
  if (answer.session) setCsrfToken(answer.session.csrf_token);
  return answer;
}

// What has to be stored before somebody signs out: what he typed and has not been stored yet.
export const beforeLeaving = new Set<() => Promise<void>>();
const kLeaveMs = 3000;
export const settled = () => Promise.race([
  Promise.allSettled([...beforeLeaving].map((each) => each())).then(() => {}),
  new Promise<void>((resolve) => { setTimeout(resolve, kLeaveMs); }),
]);

// Called when somebody has left or another one has come: what was planned in his name ends.
export const whenForgotten = new Set<() => void>();

export function forgetEverything() {
  for (const each of whenForgotten) each();
  newSeason();
  queries.clear();
}

// Tells whether the session still lives; a 401 signs out by itself.
export const checkSession = () => get('/api/v2/users/me').then(() => {}, () => {});

export interface Session {
  me: Me;
  permissions: ReadonlySet<string>;
  can: (permission: string) => boolean;
  signOut: () => Promise<void>;
  refresh: () => Promise<void>; // after something of the own account has changed
}

export const SessionContext = createContext<Session | null>(null);

// Of a screen that is only shown to somebody who is signed in.
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('no session');
  return session;
}
