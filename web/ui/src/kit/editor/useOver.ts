// A change over the version with which it was begun; of another one it is asked whether that is replaced.
import { useCallback, useRef, useState } from 'react';
import { changeThing, isOutdated, readThing } from '@/api/versions';

export interface Over<T> { isClash: boolean; change: (body: unknown) => Promise<T>; accept: () => Promise<void> }

export function useOver<T extends object>(path: string, name: string, begun: T | null): Over<T> {
  const over = useRef(begun);
  const [isClash, setClash] = useState(false);
  const change = useCallback(async (body: unknown) => {
    setClash(false);
    try {
      return await changeThing<T>(path, name, body, over.current ?? {});
    } catch (problem) {
      if (isOutdated(problem)) setClash(true);
      throw problem;
    }
  }, [path, name]);
  // What is there now has been heard of: the next change replaces it.
  const accept = useCallback(async () => { over.current = await readThing<T>(path, name); }, [path, name]);
  return { isClash, change, accept };
}
