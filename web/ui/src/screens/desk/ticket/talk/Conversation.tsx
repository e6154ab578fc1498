// The conversation, newest last. Of a long one the newest part is shown, the rest on asking; what is being read does not move when
// something comes: the page goes to the end only when it is opened or when one's own message was added.
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { sameId, type Id } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { usePeople } from '../data/people';
import type { Comment, TicketEvent } from '@/screens/desk/types';
import { CommentView, type CommentRights } from './CommentView';
import { EventRun } from './EventRun';
import { timeline } from './timeline';

const kShown = 30;
const kStep = 100;
const kAround = 5; // messages before the one that is wanted
const kNear = 80; // pixels from the end that count as the end

interface Props {
  ticket: Id;
  comments: Comment[];
  events: TicketEvent[];
  isComplete: boolean;
  rights: CommentRights;
  areQuotesOpen: boolean;
  picked: Set<string> | null;
  onPick: (id: Id, isPicked: boolean) => void;
  onAnswer: (comment: Comment, quote: string) => void;
  wanted: string | null; // the message at which it is opened, instead of the newest
}

// Puts the newest message where it is read: its beginning at the top if it is longer than the screen, else its end at
// the bottom (true).
function toNewest(box: HTMLElement) {
  const last = [...box.querySelectorAll<HTMLElement>('[data-comment]')].at(-1);
  box.scrollTop = box.scrollHeight;
  if (!last || last.offsetHeight <= box.clientHeight - 40) return true;
  box.scrollTop = Math.max(0, last.offsetTop - 8);
  return false;
}

export function Conversation({ ticket, comments, events, isComplete, rights, areQuotesOpen, picked, onPick, onAnswer, wanted }: Props) {
  const t = useWords('ticket');
  const { me } = useSession();
  const people = usePeople(comments.map((each) => each.author_id));
  const box = useRef<HTMLDivElement>(null);
  const wasAtEnd = useRef(true);
  const [shown, setShown] = useState(kShown);
  const [seen, setSeen] = useState<{ last: string; unseen: number }>({ last: '', unseen: 0 });
  const [fresh, setFresh] = useState<Set<string>>(new Set());
  const hidden = Math.max(0, comments.length - shown);
  const entries = useMemo(() => timeline(comments, isComplete ? events : []), [comments, events, isComplete]);
  const visible = useMemo(() => {
    const first = comments[hidden];
    const from = first ? entries.findIndex((each) => each.kind === 'comment' && each.comment === first) : 0;
    return hidden > 0 ? entries.slice(from) : entries;
  }, [entries, comments, hidden]);
  const last = String(comments.at(-1)?.id ?? '');

  const isAtEnd = () => { const node = box.current; return !node || node.scrollHeight - node.scrollTop - node.clientHeight < kNear; };
  // Only going up leaves the end; that the content grew does not.
  const lastTop = useRef(0);
  const noteScroll = () => {
    const top = box.current?.scrollTop ?? 0;
    wasAtEnd.current = isAtEnd() || (wasAtEnd.current && top >= lastTop.current);
    lastTop.current = top;
  };
  const goToEnd = useCallback(() => {
    if (box.current) wasAtEnd.current = toNewest(box.current);
    setSeen((was) => ({ ...was, unseen: 0 }));
  }, []);

  const wasLast = useRef('');
  const held = useRef(''); // the message that was wanted and is shown
  useLayoutEffect(() => {
    if (!last || last === wasLast.current) return;
    const before = wasLast.current;
    wasLast.current = last;
    if (!before || !seen.last) { if (!wanted || held.current !== wanted) goToEnd(); if (isComplete) setSeen({ last, unseen: 0 }); return; }
    const at = comments.findIndex((each) => String(each.id) === before);
    const news = at < 0 ? [] : comments.slice(at + 1); // it was taken back: nothing is new
    setSeen({ last, unseen: 0 });
    if (news.length === 0) return;
    if (news.some((each) => sameId(each.author_id, me.id))) { goToEnd(); return; }
    setFresh((was) => new Set([...was, ...news.map((each) => String(each.id))]));
    if (!isAtEnd()) setSeen({ last, unseen: news.length });
    else if (box.current) box.current.scrollTo({ top: box.current.scrollHeight });
  }, [last, comments, isComplete, me.id, goToEnd, seen.last]);
  useLayoutEffect(() => { if (isComplete && last && !seen.last) setSeen({ last, unseen: 0 }); }, [isComplete, last, seen.last]);

  useLayoutEffect(() => {
    if (!wanted || held.current === wanted) return;
    const at = comments.findIndex((each) => String(each.id) === wanted);
    if (at >= 0 && at < hidden) { setShown(comments.length - at + kAround); return; }
    const node = at < 0 ? null : box.current?.querySelector<HTMLElement>(`[data-comment][data-id="${CSS.escape(wanted)}"]`);
    if (!node || !box.current) return;
    held.current = wanted;
    wasAtEnd.current = false;
    node.focus({ preventScroll: true });
    box.current.scrollTop = lastTop.current = Math.max(0, node.offsetTop - 8);
  }, [wanted, comments, hidden, entries]);

  // The message whose text is selected.
  const [selected, setSelected] = useState('');
  useEffect(() => {
    const told = () => {
      const selection = getSelection();
      const node = selection && !selection.isCollapsed ? selection.anchorNode?.parentElement?.closest('[data-text]')?.closest<HTMLElement>('[data-comment]') : null;
      setSelected(node?.dataset.id ?? '');
    };
    document.addEventListener('selectionchange', told);
    return () => document.removeEventListener('selectionchange', told);
  }, []);

  // When the composer opens, grows or goes, or a picture comes late, the end of the conversation stays in sight if it was.
  useEffect(() => {
    const node = box.current;
    if (!node) return;
    const observer = new ResizeObserver(() => { if (wasAtEnd.current) node.scrollTop = node.scrollHeight; });
    observer.observe(node);
    if (node.firstElementChild) observer.observe(node.firstElementChild);
    return () => observer.disconnect();
  }, []);

  const showEarlier = () => {
    const node = box.current;
    const before = node ? node.scrollHeight - node.scrollTop : 0;
    setShown((was) => was + kStep);
    requestAnimationFrame(() => { if (node) node.scrollTop = node.scrollHeight - before; });
  };

  const isAgent = (each: Comment) => { const role = people.get(String(each.author_id))?.role; return role ? role !== 'end-user' : !each.verdicts && each.via?.channel !== 'email'; };
  return (
    <div className="relative min-h-0 flex-1">
      <section ref={box} aria-label={t('conversation')} tabIndex={0} data-conversation onScroll={() => { noteScroll(); if (seen.unseen > 0 && isAtEnd()) setSeen((was) => ({ ...was, unseen: 0 })); }}
        className="absolute inset-0 overflow-y-auto px-3 py-4 outline-offset-[-2px] md:px-5">
        <div className="flex flex-col gap-3">
        {hidden > 0 && <div className="text-center"><Button onClick={showEarlier}>{t('show_earlier', { count: hidden })}</Button></div>}
        {visible.map((each) => (each.kind === 'events'
          ? <EventRun key={`e${String(each.events[0]!.id)}`} events={each.events} />
          : <CommentView key={String(each.comment.id)} ticket={ticket} comment={each.comment} author={people.get(String(each.comment.author_id))} isAgent={isAgent(each.comment)} isMine={sameId(each.comment.author_id, me.id)}
              isNew={fresh.has(String(each.comment.id))} isSelected={selected === String(each.comment.id)} rights={rights} areQuotesOpen={areQuotesOpen} isPicked={picked ? picked.has(String(each.comment.id)) : null} onPick={onPick} onAnswer={onAnswer} />))}
        {!isComplete && <p role="status" className="text-center text-sm text-faint">{t('loading_rest')}</p>}
        </div>
      </section>
      <p role="status" className="pointer-events-none absolute inset-x-0 bottom-3 text-center">
        {seen.unseen > 0 && <Button look="main" className="pointer-events-auto shadow-lg" onClick={goToEnd}>{t('new_below', { count: seen.unseen })} ↓</Button>}
      </p>
    </div>
  );
}
