// Who else is at this ticket, and telling them that one is there: every few seconds while the page is seen.
import { useCallback, useEffect, useRef, useState } from 'react';
import { post, sameId, type Id } from '@/api/http';
import { usePresenceNews, type PresenceSeen } from '@/app/live';

const kEveryMs = 10_000;
const kTypingMs = 6_000; // after the last letter
type Other = PresenceSeen['others'][number];

export function usePresence(id: Id): { others: Other[]; onTyping: () => void } {
  const [others, setOthers] = useState<Other[]>([]);
  const typedAt = useRef(0);
  const told = useRef('');
  const news = useRef(0); // an answer that was asked for before news came is older than these
  const tell = useCallback(async (state: 'viewing' | 'typing' | 'gone') => {
    told.current = state;
    const before = news.current;
    const answer = await post(`/api/v2/tickets/${id}/presence`, { presence: { state } }).catch(() => null);
    if (answer && state !== 'gone' && before === news.current) setOthers(answer.presence.others);
  }, [id]);
  const beat = useCallback(() => { if (!document.hidden) void tell(Date.now() - typedAt.current < kTypingMs ? 'typing' : 'viewing'); }, [tell]);
  useEffect(() => {
    beat(); // which says who else is there, too
    const timer = setInterval(beat, kEveryMs);
    const turned = () => void (document.hidden ? tell('gone') : beat());
    document.addEventListener('visibilitychange', turned);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', turned);
      void tell('gone');
    };
  }, [id, beat, tell]);
  useEffect(() => {
    const timer = setInterval(() => { if (told.current === 'typing' && Date.now() - typedAt.current >= kTypingMs) beat(); }, 2000);
    return () => clearInterval(timer);
  }, [beat]);
  const heard = useCallback((seen: PresenceSeen) => { if (!sameId(seen.ticket_id, id)) return; news.current += 1; setOthers(seen.others); }, [id]);
  usePresenceNews(heard);
  const onTyping = useCallback(() => {
    typedAt.current = Date.now();
    if (told.current !== 'typing') beat();
  }, [beat]);
  return { others, onTyping };
}
