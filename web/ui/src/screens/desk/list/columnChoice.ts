// Which columns a list shows, kept in this browser: names of columns and numbers of views, no content.
import { useCallback, useState } from 'react';
import { habit, keepHabit } from '@/app/habits';

const kept = () => habit<Record<string, string[]>>('columns', {});

export function useColumnChoice(list: string, usual: string[]): { chosen: string[]; isOwn: boolean; choose: (ids: string[] | null) => void } {
  const [all, setAll] = useState(kept);
  const choose = useCallback((ids: string[] | null) => {
    const next = kept();
    if (ids) next[list] = ids;
    else delete next[list];
    keepHabit('columns', next);
    setAll(next);
  }, [list]);
  const own = all[list];
  const isOwn = Array.isArray(own) && own.length > 0;
  const ids = isOwn ? own : usual;
  return { chosen: ids.includes('subject') ? ids : ['subject', ...ids], isOwn, choose };
}
