// What a query brings: nothing for a moment, then a word; the answer; or why not, with a way to ask again.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { Failed } from './Page';
import { Wait } from './Wait';

export function Loaded<T>({ query, children }: { query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>; children: (data: T) => ReactNode }) {
  const t = useWords();
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failed words={wordsOf(query.error)} onAgain={() => void query.refetch()} again={t('again')} />;
  return <Wait />;
}
