import { useCallback } from 'react';
import { useWords } from '@/i18n';

// Words for a name that the server may have more of than this page knows; then the name itself, or `otherwise`.
export function wordFor(t: (key: string) => string, key: string, otherwise: string): string {
  const words = t(key);
  return words === key || words.endsWith(`:${key}`) ? otherwise : words;
}

// "Password, authenticator app".
export function useMethodWords() {
  const t = useWords('me');
  return useCallback((methods: string[]) => methods.map((each) => wordFor(t, `method.${each}`, each)).join(', '), [t]);
}
