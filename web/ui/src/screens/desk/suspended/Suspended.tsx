// Mail that was accepted and held back from the tickets. A ticket can still be made of it, of one or of many.
import { useMemo, useRef, useState } from 'react';
import { ApiError, wordsOf, type Id } from '@/api/http';
import { useCommands, type Command } from '@/app/keys';
import { failure, notice } from '@/app/notices';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Empty, Failed } from '@/kit/Page';
import { ScreenWait } from '@/kit/Wait';
import { ListHead } from '../list/ListHead';
import { listSenderOf, sendersChanged } from '../senders/data';
import { again, holdSender, recover, remove, useHeld, useHeldCount, type Held } from './data';
import { HeldMail, type HeldActs } from './HeldMail';
import { recoverMany, removeMany } from './many';

function moveTo(list: HTMLElement | null, by: number) {
  const all = [...(list?.querySelectorAll<HTMLElement>('[data-held]') ?? [])];
  const at = all.findIndex((each) => each.contains(document.activeElement));
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
const here = (list: HTMLElement | null) => (document.activeElement?.closest('[data-held]') && list?.contains(document.activeElement) ? document.activeElement.closest<HTMLElement>('[data-held]')!.dataset.held! : null);

export default function Suspended() {
  const t = useWords('suspended');
  const { can } = useSession();
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = useHeld();
  const { data: count } = useHeldCount();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const [said, setSaid] = useState<{ text: string; ticket?: Id } | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const mails = useMemo(() => (data?.pages ?? []).flatMap((each) => each.suspended_tickets), [data]);
  const selected = mails.filter((each) => chosen.has(each.id));
  const mayDelete = can('tickets:delete');

  const change = async (mail: Held, work: () => Promise<void>) => {
    setBusy((was) => new Set(was).add(mail.id));
    try { await work(); } catch (problem) {
      if (problem instanceof ApiError && problem.status === 404) notice(t('gone'));
      else failure(problem);
    }
    setBusy((was) => { const next = new Set(was); next.delete(mail.id); return next; });
    await again();
  };
  // What fails is left in the list.
  const changeMany = async (work: (ids: string[], told: (done: number) => void) => Promise<{ done: number; failed: number }>, words: string) => {
    const ids = selected.map((each) => each.id);
    setBusy(new Set(ids));
    try {
      const { done, failed } = await work(ids, (count) => setSaid({ text: t('progress', { done: number(count), total: number(ids.length) }) }));
      setSaid({ text: [t(words, { count: done }), failed > 0 ? t('failed', { count: failed }) : ''].join(' ') });
      setChosen(new Set());
    } catch (problem) { failure(problem); }
    setBusy(new Set());
    await again();
  };
  const acts: HeldActs = {
    select: (id) => setChosen((was) => { const next = new Set(was); if (!next.delete(id)) next.add(id); return next; }),
    recover: (mail) => void change(mail, async () => { const ticket = await recover(mail.id); setSaid({ text: t('recovered', { subject: mail.subject || t('no_subject') }), ticket: ticket.id }); }),
    remove: !mayDelete ? undefined : (mail) => void confirmed({ title: t('delete_ask', { subject: mail.subject || t('no_subject') }), text: t('delete_text'), action: t('delete'), isDangerous: true }).then((yes) => (yes
      ? change(mail, async () => { await remove(mail.id); setSaid({ text: t('deleted', { subject: mail.subject || t('no_subject') }) }); }) : undefined)),
    hold: (mail, isHeld) => void confirmed({ title: t(isHeld ? 'hold_ask' : 'let_in_ask', { email: mail.author.email }), text: t(isHeld ? 'hold_text' : 'let_in_text'), action: t(isHeld ? 'hold' : 'let_in') }).then((yes) => (yes
      ? change(mail, async () => { await holdSender(mail.author.email, isHeld); setSaid({ text: t(isHeld ? 'held_sender' : 'let_in_sender', { email: mail.author.email }) }); }) : undefined)),
  };
  acts.list = (mail, kind, scope) => void change(mail, async () => {
    const made = await listSenderOf(mail.id, kind, scope);
    await sendersChanged();
    setSaid({ text: [t(`senders.added_${kind}`, { pattern: made.sender_list.pattern }), kind === 'allow' && !made.is_proven ? t('senders.not_proven') : ''].join(' ') });
  });
  const now = useRef({ acts, mails });
  now.current = { acts, mails };
  const commands = useMemo<Command[]>(() => {
    const withMail = (work: (mail: Held) => void) => () => { const mail = now.current.mails.find((each) => each.id === here(list.current)); if (mail) work(mail); };
    return [
      { id: 'held.next', title: t('keys.next'), group: t('title'), keys: 'j', run: () => moveTo(list.current, 1) },
      { id: 'held.previous', title: t('keys.previous'), group: t('title'), keys: 'k', run: () => moveTo(list.current, -1) },
      { id: 'held.select', title: t('keys.select'), group: t('title'), keys: 'x', run: withMail((mail) => now.current.acts.select(mail.id)) },
      { id: 'held.recover', title: t('recover'), group: t('title'), keys: 'e', run: withMail((mail) => now.current.acts.recover(mail)) },
      ...(mayDelete ? [{ id: 'held.delete', title: t('delete'), group: t('title'), keys: '#', run: withMail((mail) => now.current.acts.remove?.(mail)) }] : []),
    ];
  }, [t, mayDelete]);
  useCommands(commands);

  const isAll = mails.length > 0 && selected.length === mails.length;
  if (error) return <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />;
  if (!data) return <ScreenWait />;
  return (
    <div className="flex h-full flex-col">
      <ListHead title={t('title')} count={count?.has_more ? null : (count?.value ?? null)} hint={t('intro')}><a href="#/suspended/senders">{t('senders.title')}</a></ListHead>
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line bg-paper px-4 py-1.5">
        {mails.length > 0 && <label className="flex min-h-7 items-center gap-2"><input type="checkbox" className="size-4 accent-accent" checked={isAll} ref={(box) => { if (box) box.indeterminate = selected.length > 0 && !isAll; }} onChange={() => setChosen(isAll ? new Set() : new Set(mails.map((each) => each.id)))} />{t('select_all')}</label>}
        {selected.length > 0 && (
          <>
            <Button look="main" disabled={busy.size > 0} onClick={() => void changeMany(recoverMany, 'recovered_many')}>{t('recover_many', { count: selected.length })}</Button>
            {mayDelete && <Button look="danger" disabled={busy.size > 0} onClick={() => void confirmed({ title: t('delete_many_ask', { count: selected.length }), text: t('delete_text'), action: t('delete'), isDangerous: true }).then((yes) => (yes ? changeMany(removeMany, 'deleted_many') : undefined))}>{t('delete_many', { count: selected.length })}</Button>}
          </>
        )}
        <p role="status" className="text-sm text-faint">{said?.text} {said?.ticket !== undefined && <a href={`#/tickets/${said.ticket}`}>{t('ticket_link', { number: String(said.ticket) })}</a>}</p>
      </div>
      <div ref={list} className="min-h-0 flex-1 overflow-auto">
        {mails.length === 0 ? <Empty>{t('empty')}</Empty> : <section aria-label={t('title')}>{mails.map((each) => <HeldMail key={each.id} mail={each} isChosen={chosen.has(each.id)} isBusy={busy.has(each.id)} acts={acts} />)}</section>}
        {hasNextPage && <p className="p-4 text-center"><Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('common:more')}</Button></p>}
      </div>
    </div>
  );
}
