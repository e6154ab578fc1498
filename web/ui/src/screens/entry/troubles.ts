// What people read when signing in fails. The server says little on purpose, the same for a wrong password and a locked login.
import { useEffect, useState } from 'react';
import { ApiError, wordsOf } from '@/api/http';
import type { Words } from '@/i18n';
import { KeyError } from './webauthn';

export type Occasion = 'password' | 'passkey' | 'factor' | 'proof' | 'link';

export function entryWords(t: Words, problem: unknown, occasion: Occasion): string {
  if (problem instanceof KeyError) return t(`key.${problem.trouble}`);
  if (!(problem instanceof ApiError)) return wordsOf(problem);
  if (problem.status === 0) return t('trouble.unreachable');
  if (problem.status === 429) return t('trouble.too_many');
  if (problem.status === 401 || (occasion === 'proof' && problem.status === 422)) return t(`trouble.${occasion}`);
  if (problem.status >= 500) return t('trouble.server');
  return problem.words;
}

const kReasons: [RegExp, string][] = [
  [/at least (\d+) characters/, 'short'],
  [/needs a digit/, 'digit'],
  [/small and capital/, 'case'],
  [/no letter and no digit/, 'special'],
  [/more than (\d+) letters or digits/, 'run_of'],
  [/too long/, 'long'],
  [/your name or address/, 'names'],
  [/repeats too few/, 'few'],
  [/is a run of/, 'run'],
  [/everybody tries first/, 'common'],
  [/leaked/, 'leaked'],
  [/yours before|one you have/, 'earlier'],
];

// Why a password is not taken, in the page's language; what the server says where it is something new.
export function passwordWords(t: Words, problem: unknown, field = 'password'): string | undefined {
  const said = problem instanceof ApiError ? problem.said(field) : undefined;
  if (!said) return undefined;
  for (const [pattern, name] of kReasons) {
    const found = pattern.exec(said);
    if (found) return t(`entry:weak.${name}`, { count: Number(found[1] ?? 0) });
  }
  return said;
}

export const waitOf = (problem: unknown) => (problem instanceof ApiError && problem.status === 429 ? Math.max(1, Math.ceil(problem.retryAfter)) : 0);

// Seconds until one may try again, counting down.
export function useWait(): [seconds: number, start: (seconds: number) => void] {
  const [until, setUntil] = useState(0);
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (until === 0) return;
    const look = () => {
      const rest = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(rest);
      if (rest === 0) setUntil(0);
    };
    look();
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [until]);
  return [left, (seconds) => { if (seconds > 0) { setLeft(seconds); setUntil(Date.now() + seconds * 1000); } }];
}
