// "Check again" that means it: the server gives an answer again for ten seconds, so that an unchanged one is asked for once
// more when that time is over.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { domainQuery } from '../api';

const kKeptMs = 10_500;
const kWatchMs = 60_000;

export function useRecheck(domain: string, isWatching: boolean) {
  const answer = useQuery({ ...domainQuery(domain), refetchInterval: isWatching ? kWatchMs : false });
  const [isChecking, setChecking] = useState(false);
  const checkedAt = answer.data?.checked_at;
  const seenAt = useRef(0);
  const timer = useRef(0);
  const busy = useRef(false);
  useEffect(() => { seenAt.current = Date.now(); }, [checkedAt]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const { refetch } = answer;
  const check = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    setChecking(true);
    const end = () => { busy.current = false; setChecking(false); };
    const again = await refetch();
    if (!again.data || again.data.checked_at !== checkedAt) { end(); return; }
    timer.current = window.setTimeout(() => void refetch().finally(end), Math.max(500, kKeptMs - (Date.now() - seenAt.current)));
  }, [refetch, checkedAt]);
  return { ...answer, isChecking: isChecking || answer.isFetching, check };
}
