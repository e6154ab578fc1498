// One ticket: conversation and composer, and beside them what is known of it. See docs/tickets.md for what the server can do.
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { ApiError, wordsOf, type Id } from '@/api/http';
import { DialogComing } from '@/app/ahead';
import { useCommands, type Command } from '@/app/keys';
import { notice } from '@/app/notices';
import { go, useQueryParams } from '@/app/place';
import type { ScreenProps } from '@/app/screens';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Failed, usePageTitle } from '@/kit/Page';
import { focusSoon } from '@/kit/focusSoon';
import { ScreenWait } from '@/kit/Wait';
import { currentOrder, neighbour, placeIn } from '../list/order';
import { remove } from './acts/remove';
import { SplitBar } from './acts/SplitBar';
import { Claims } from './Claims';
import { Composer } from './compose/Composer';
import { draftOf, editDraft } from './compose/draftStore';
import { nameOf, usePeople } from './data/people';
import { prefetchTicket, useComments, useEvents, useTicket } from './data/queries';
import type { Comment, TicketAnswer } from '@/screens/desk/types';
import { Head } from './Head';
import { Forwarded, JoinRequests } from './Joining';
import { kTabs, Panel, usePanelTab } from './panel/Panel';
import type { MenuItem } from './parts';
import { usePresence } from './presence';
import { Conversation } from './talk/Conversation';
import { useConversationKeys } from './talk/keys';
import { useSave } from './useSave';

const Merge = lazy(() => import('./acts/Merge'));
const wide = matchMedia('(min-width: 1024px)'); // room for the panel beside the conversation; else it lies over it
let isPanelWanted = wide.matches;
const noComments: Comment[] = [];

function Shown({ answer }: { answer: TicketAnswer }) {
  const t = useWords('ticket');
  const { can } = useSession();
  const { ticket } = answer;
  const id = String(ticket.id);
  const comments = useComments(id);
  const events = useEvents(id).data ?? [];
  const list = comments.data ?? noComments;
  const { save, problems } = useSave(answer);
  const { others, onTyping } = usePresence(id);
  const people = usePeople(others.map((each) => each.user_id));
  const [isPanelOpen, setPanelOpen] = useState(isPanelWanted && wide.matches);
  const [tab, chooseTab] = usePanelTab();
  const [isMerging, setMerging] = useState(false);
  const [picked, setPicked] = useState<Set<string> | null>(null);
  const [areQuotesOpen, setQuotesOpen] = useState(false);
  usePageTitle(`#${id} ${ticket.subject || t('no_subject')}`);
  useConversationKeys();
  const wanted = useQueryParams().get('comment');

  const mayWrite = can('tickets:write');
  const mayDelete = can('tickets:delete');
  const mayRedact = can('comments:redact');
  const rights = useMemo(() => ({ mayMark: mayWrite, mayRedact, maySplit: mayWrite }), [mayWrite, mayRedact]);
  const showPanel = useCallback((isOpen: boolean) => {
    if (wide.matches) isPanelWanted = isOpen;
    setPanelOpen(isOpen);
  }, []);

  useEffect(() => {
    const turned = () => setPanelOpen(wide.matches && isPanelWanted);
    wide.addEventListener('change', turned);
    return () => wide.removeEventListener('change', turned);
  }, []);

  const leaveTo = useCallback(async (where: 'next' | 'list', by: 1 | -1 = 1) => {
    const address = placeIn(currentOrder(), id)?.address ?? '/';
    const next = where === 'next' ? await neighbour(id, by) : null;
    if (where === 'next' && !next) notice(t(by > 0 ? 'no_next' : 'no_previous'));
    go(next ? `/tickets/${next}` : where === 'next' && by < 0 ? `/tickets/${id}` : address);
  }, [id, t]);
  const step = useCallback((by: 1 | -1) => void (async () => {
    const next = await neighbour(id, by);
    if (next) go(`/tickets/${next}`);
    else notice(t(by > 0 ? 'no_next' : 'no_previous'));
  })(), [id, t]);
  useEffect(() => {
    const timer = setTimeout(() => void neighbour(id, 1).then((next) => { if (next) prefetchTicket(next); }), 200);
    return () => clearTimeout(timer);
  }, [id]);

  const items = useMemo<MenuItem[]>(() => [
    ...(mayWrite && ticket.status !== 'closed' ? [{ id: 'merge', title: t('merge'), run: () => setMerging(true) }, { id: 'split', title: t('split'), run: () => setPicked(new Set()) }] : []),
    ...(mayDelete ? [
      { id: 'spam', title: t('mark_spam'), isDangerous: true, run: () => void remove(id, 'spam', t).then((isDone) => { if (isDone) void leaveTo('next'); }) },
      { id: 'delete', title: t('delete_ticket'), isDangerous: true, run: () => void remove(id, 'delete', t).then((isDone) => { if (isDone) void leaveTo('next'); }) }] : []),
  ], [id, mayWrite, mayDelete, ticket.status, leaveTo, t]);

  const commands = useMemo<Command[]>(() => {
    const group = t('ticket_group');
    // At once where it is shown: what is typed next must not be taken for other keys.
    const focusField = (name: string) => {
      const node = document.querySelector<HTMLElement>(name);
      if (node) { node.focus(); return; }
      showPanel(true);
      chooseTab('ticket');
      focusSoon(name);
    };
    return [
      { id: 'ticket.next', title: t('next_ticket'), group, keys: 'Shift+J', run: () => step(1) },
      { id: 'ticket.previous', title: t('previous_ticket'), group, keys: 'Shift+K', run: () => step(-1) },
      { id: 'ticket.back', title: t('back_to_list'), group, keys: 'u', run: () => void leaveTo('list') },
      { id: 'ticket.panel', title: t('details_panel'), group, keys: 'p', run: () => showPanel(!isPanelOpen) },
      ...kTabs.map((each, at): Command => ({ id: `ticket.tab_${each}`, title: t(`tab.${each}`), group, keys: String(at + 1), run: () => { showPanel(true); chooseTab(each); } })),
      { id: 'ticket.quotes', title: t('unfold_quotes'), group, keys: 'q', run: () => setQuotesOpen((was) => !was) },
      { id: 'ticket.copy', title: t('copy_number'), group, keys: '.', run: () => { void navigator.clipboard.writeText(`#${id}`).then(() => notice(t('number_copied'))); } },
      ...(mayWrite ? [
        { id: 'ticket.status', title: t('field.status'), group, keys: 's', run: () => focusField('[data-field=status]') },
        { id: 'ticket.assignee', title: t('field.assignee'), group, keys: 'a', run: () => focusField('[data-field=assignee]') },
        { id: 'ticket.tags', title: t('field.tags'), group, keys: 't', run: () => focusField('[data-tags]') },
        { id: 'ticket.subject', title: t('edit_subject'), group, run: () => document.querySelector<HTMLElement>('[data-subject]')?.click() }] : []),
      ...items.map((each): Command => ({ id: `ticket.${each.id}`, title: String(each.title), group, run: each.run })),
    ];
  }, [id, t, step, leaveTo, showPanel, chooseTab, isPanelOpen, mayWrite, items]);
  useCommands(commands);

  const answerTo = useCallback((_comment: Comment, quote: string) => {
    const now = draftOf(id);
    const quoted = quote.trim().split('\n').map((line) => `> ${line}`).join('\n');
    editDraft(id, { isOpen: true, text: [now.text.trimEnd(), quoted, ''].filter((each, at) => each || at === 2).join('\n\n') });
  }, [id]);
  const pick = useCallback((comment: Id, isPicked: boolean) => setPicked((was) => { const next = new Set(was); if (isPicked) next.add(String(comment)); else next.delete(String(comment)); return next; }), []);
  const here = others.map((each) => ({ name: nameOf(people, each.user_id, t('colleague')), isTyping: each.state === 'typing' }));

  return (
    <div className="flex h-full min-h-0 flex-col" data-ticket={id}>
      <Head ticket={ticket} save={save} mayWrite={mayWrite && ticket.status !== 'closed'} others={here} items={items} isPanelOpen={isPanelOpen} onPanel={() => showPanel(!isPanelOpen)} onStep={step} />
      <div className="relative flex min-h-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <Claims ticket={ticket} />
        <Forwarded ticket={ticket} mayWrite={mayWrite} />
        <JoinRequests ticket={ticket.id} mayWrite={mayWrite} />
          {picked && <SplitBar ticket={id} subject={ticket.subject} picked={[...picked]} total={ticket.comment_count} onEnd={() => setPicked(null)} />}
          {comments.error && <Failed words={wordsOf(comments.error)} again={t('common:again')} onAgain={() => void comments.refetch()} />}
          <Conversation ticket={id} comments={list} events={events} isComplete={!comments.isFetching || list.length >= ticket.comment_count} rights={rights} areQuotesOpen={areQuotesOpen} picked={picked} onPick={pick} onAnswer={answerTo} wanted={wanted} />
          <Composer answer={answer} save={save} others={here.filter((each) => each.isTyping).map((each) => each.name)} onTyping={onTyping} onGo={(where) => void leaveTo(where)} />
        </div>
        {isPanelOpen && <Panel answer={answer} events={events} save={save} problems={problems} mayWrite={mayWrite} tab={tab} onTab={chooseTab} onMerge={() => setMerging(true)} onClose={() => showPanel(false)} />}
      </div>
      <Suspense fallback={<DialogComing />}>{isMerging && <Merge ticket={ticket} onClose={() => setMerging(false)} />}</Suspense>
    </div>
  );
}

export default function TicketScreen({ params }: ScreenProps) {
  const t = useWords('ticket');
  const id = params.id ?? '';
  const { data, error, refetch } = useTicket(id);
  useComments(id);
  useEvents(id);
  if (data) return <Shown key={String(data.ticket.id)} answer={data} />;
  if (error instanceof ApiError && error.status === 404) return <div className="p-10 text-center"><h1>{t('no_ticket')}</h1><p className="mt-2 text-faint">{t('no_ticket_hint')}</p><p className="mt-2"><a href="#/">{t('all_tickets')}</a></p></div>;
  if (error) return <Failed words={wordsOf(error)} again={t('common:again')} onAgain={() => void refetch()} />;
  return <ScreenWait />;
}
