// The page: who is signed in, and which screen the address asks for.
import { QueryClientProvider } from '@tanstack/react-query';
import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'react';
import { ApiError, request, whenMustEnrol, whenSignedOut, wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { Wait } from '@/kit/Wait';
import { Entry, isEntryAddress } from '@/screens/entry/Entry';
import { MustEnrol } from '@/screens/entry/MustEnrol';
import { startLive, stopLive } from './live';
import { notice } from './notices';
import { go, usePath } from './place';
import { entering, forgetEverything, queries, SessionContext, settled, whoAmI, type Session, type SessionAnswer } from './session';
import { Shell } from './Shell';

type Who = SessionAnswer | null | 'unknown';

// `asked`: who is signed in, as asked for when the page began.
export function App({ asked }: { asked: Promise<SessionAnswer> }) {
  const t = useWords();
  const path = usePath();
  const [who, setWho] = useState<Who>('unknown');
  const [trouble, setTrouble] = useState('');

  const enter = useCallback((answer: SessionAnswer) => {
    forgetEverything();
    entering(answer);
    setWho(answer);
    if (isEntryAddress(path)) go('/', { replace: true });
  }, [path]);
  const leave = useCallback(() => {
    stopLive();
    forgetEverything();
    setWho(null);
  }, []);

  useEffect(() => {
    asked.then(setWho).catch((problem) => {
      stopLive();
      if (problem instanceof ApiError && problem.status === 401) setWho(null);
      else setTrouble(wordsOf(problem));
    });
  }, [asked]);
  useLayoutEffect(() => whenMustEnrol(() => { whoAmI().then(setWho, () => {}); }), []);
  useLayoutEffect(() => {
    whenSignedOut(() => setWho((was) => {
      if (was && was !== 'unknown') notice(t('signed_out'));
      stopLive();
      forgetEverything();
      return null;
    }));
  }, [t]);

  const mayWork = who !== null && who !== 'unknown' && !who.session?.must_enrol;
  useEffect(() => {
    if (!mayWork) return;
    startLive();
    return stopLive;
  }, [mayWork]);

  const session = useMemo<Session | null>(() => {
    if (who === null || who === 'unknown') return null;
    const permissions = new Set(who.permissions);
    return {
      me: who.user, permissions, can: (permission) => permissions.has(permission),
      signOut: async () => { await settled(); await request('DELETE', '/api/v2/session').catch(() => {}); leave(); },
      refresh: async () => setWho(await whoAmI()),
    };
  }, [who, leave]);

  if (trouble) return <main className="p-8 text-center" role="alert">{t('unreachable', { words: trouble })}</main>;
  if (who === 'unknown') return <Wait />;
  if (!session || isEntryAddress(path)) return <QueryClientProvider client={queries}><Entry path={path} onEntered={enter} isSignedIn={Boolean(session)} /></QueryClientProvider>;
  return (
    <QueryClientProvider client={queries}>
      <SessionContext.Provider value={session}>{mayWork ? <Shell /> : <MustEnrol />}</SessionContext.Provider>
    </QueryClientProvider>
  );
}
