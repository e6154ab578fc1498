// Writing a reply or a note, docked under the conversation. What is written lives in draftStore, not here: this part may come and
// go (another ticket, a failure, the end of a session) without taking anything with it.
import { lazy, Suspense, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { DialogComing } from '@/app/ahead';
import { useCommands, type Command } from '@/app/keys';
import { notice } from '@/app/notices';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Keys } from '@/kit/Keys';
import { useDock } from '@/kit/useDock';
import { Icon } from '../icons';
import { useAgents } from '../data/queries';
import { decideBy, type SaveFields } from '../useSave';
import type { Person, TicketAnswer } from '@/screens/desk/types';
import { afterSend } from './afterSend';
import { DraftTrouble } from './DraftNote';
import { draftOf, draftsBelongTo, editDraft, loadDraft, saveDraft, throwAway, useDraft } from './draftStore';
import type { EditorHandle } from './Editor';
import { addFiles, Files } from './Files';
import { HoldBar } from './HoldBar';
import { Kind } from './Kind';
import { Recipients } from './Recipients';
import { SendBar } from './SendBar';
import { send } from './sending';
import { Staged } from './Staged';

const Editor = lazy(() => import('./Editor'));
const Macros = lazy(() => import('./Macros'));
const nobody: Person[] = [];

// Stands for the editor until that is loaded, so that not a letter is lost.
function Plain({ text, label, isFocusWanted, onText }: { text: string; label: string; isFocusWanted: boolean; onText: (text: string) => void }) {
  const place = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const node = place.current;
    if (!node || !isFocusWanted) return;
    node.focus();
    node.setSelectionRange(node.value.length, node.value.length);
  }, [isFocusWanted]);
  return <textarea ref={place} aria-label={label} value={text} rows={5} onInput={(event) => onText(event.currentTarget.value)} className="block w-full resize-none bg-transparent px-3 py-2 outline-none" />;
}

interface Props { answer: TicketAnswer; save: SaveFields; others: string[]; onTyping: () => void; onGo: (where: 'next' | 'list') => void }

export function Composer({ answer, save, others, onTyping, onGo }: Props) {
  const t = useWords('ticket');
  const { me, can } = useSession();
  const { ticket } = answer;
  const id = String(ticket.id);
  const draft = useDraft(id);
  const agents = useAgents().data ?? nobody;
  const handle = useRef<EditorHandle | null>(null);
  const wantsFocus = useRef(false);
  const whoReads = useId();
  const dock = useRef<HTMLElement>(null);
  const [asksMacros, setAsksMacros] = useState(false);
  const [isOver, setOver] = useState(false);
  const [told, setTold] = useState(''); // for those who do not see that the message has come
  const mayReply = can('tickets:reply');
  const mayNote = can('notes:write');
  const maySolve = can('tickets:write');
  const isPublic = draft.isPublic ? mayReply || !mayNote : !mayNote && mayReply;
  const isUploading = draft.files.some((each) => !each.token && !each.problem);

  useEffect(() => {
    draftsBelongTo(me.id);
    void loadDraft(id);
    return () => { void saveDraft(id); };
  }, [id, me.id]);
  useEffect(() => { if (draft.isPublic !== isPublic) editDraft(id, { isPublic }); }, [id, draft.isPublic, isPublic]);

  const open = useCallback((wanted?: boolean) => {
    wantsFocus.current = true;
    editDraft(id, { isOpen: true, ...(wanted === undefined ? {} : { isPublic: wanted ? mayReply : !mayNote }) });
    handle.current?.focus();
  }, [id, mayReply, mayNote]);
  useEffect(() => {
    const timer = setTimeout(() => void import('./Editor'), 300);
    return () => clearTimeout(timer);
  }, []);

  const submit = useCallback(async (then: string, isNext = false) => {
    const now = draftOf(id);
    if (now.isSending || !now.isOpen) return;
    if (!now.text.trim()) { editDraft(id, { problem: t('empty') }); notice(t('empty'), { kind: 'failed' }); handle.current?.focus(); return; }
    if (now.files.some((each) => !each.token && !each.problem)) { notice(t('still_uploading'), { kind: 'failed' }); return; }
    if (now.files.some((each) => each.problem)) { notice(t('file_failed'), { kind: 'failed' }); return; }
    const isDone = await send(answer, then, decideBy(t), t);
    if (!isDone) return;
    const words = t(now.isPublic ? 'sent_reply' : 'sent_note');
    const where = isNext ? 'next' : afterSend();
    setTold(where === 'stay' ? words : '');
    if (where !== 'stay') { notice(words); onGo(where); } else if (!draftOf(id).isOpen) document.querySelector<HTMLElement>('[data-conversation]')?.focus(); // or the next one has been begun meanwhile
  }, [answer, id, onGo, t]);

  const discard = useCallback(async () => {
    if (await confirmed({ title: t('discard_title'), text: t('discard_text'), action: t('discard'), isDangerous: true })) await throwAway(id);
  }, [id, t]);

  const commands = useMemo<Command[]>(() => {
    const group = t('compose_group');
    return [
      ...(mayReply ? [{ id: 'ticket.reply', title: t('public_reply'), group, keys: 'r', run: () => open(true) }] : []),
      ...(mayNote ? [{ id: 'ticket.note', title: t('internal_note'), group, keys: 'x', run: () => open(false) }] : []),
      ...(mayReply && mayNote ? [{ id: 'ticket.kind', title: t('switch_kind'), group, keys: 'i', run: () => open(!draftOf(id).isPublic) }, { id: 'ticket.kind_typing', title: t('switch_kind'), group, keys: 'Alt+I', inFields: true, hidden: true, run: () => open(!draftOf(id).isPublic) }] : []),
      { id: 'ticket.send', title: t('send'), group, keys: 'Mod+Enter', inFields: true, run: () => void submit('') },
      ...(maySolve ? [{ id: 'ticket.send_solve', title: t('send_as', { status: t('status.solved') }), group, keys: 'Mod+Shift+Enter', inFields: true, run: () => void submit('solved') }] : []),
      { id: 'ticket.send_next', title: t('send_next'), group, keys: 'Mod+Alt+Enter', inFields: true, run: () => void submit('', true) },
      { id: 'ticket.macros', title: t('macros'), group, keys: 'm', run: () => { editDraft(id, { isOpen: true }); setAsksMacros(true); } },
      { id: 'ticket.attach', title: t('attach'), group, run: () => { editDraft(id, { isOpen: true }); requestAnimationFrame(() => document.querySelector<HTMLInputElement>('[data-files]')?.click()); } },
      { id: 'ticket.unsend', title: t('undo_send'), group, keys: 'z', run: () => document.querySelector<HTMLElement>('[data-undo-send]')?.click() },
    ];
  }, [id, t, open, submit, mayReply, mayNote, maySolve]);
  useCommands(commands);
  useDock(dock, ticket.status !== 'closed' && (mayReply || mayNote));

  if (!mayReply && !mayNote) return null;
  if (ticket.status === 'closed') return <p className="border-t border-line bg-ground px-4 py-3 text-faint">{t('closed_hint')}</p>;
  const label = t(isPublic ? 'text_reply' : 'text_note');
  const drop = (event: { preventDefault: () => void; dataTransfer: DataTransfer | null }) => {
    event.preventDefault();
    setOver(false);
    addFiles(id, [...(event.dataTransfer?.files ?? [])]);
  };
  return (
    <section ref={dock} aria-label={t('composer')} data-composer={isPublic ? 'public' : 'internal'}
      onDragOver={(event) => { if ([...(event.dataTransfer?.types ?? [])].includes('Files')) { event.preventDefault(); setOver(true); } }} onDragLeave={() => setOver(false)} onDrop={drop}
      className={`relative shrink-0 border-t-4 ${isPublic ? 'border-accent bg-paper' : 'border-note-line bg-note'}`}>
      <p role="status" className="sr-only">{told}</p>
      <HoldBar ticket={id} />
      {!draft.isOpen ? (
        <div className="flex flex-wrap items-center gap-2 px-3 py-2">
          {mayReply && <Button look="main" onClick={() => open(true)}><Icon name="mail" />{t('public_reply')} <Keys keys="r" /></Button>}
          {mayNote && <Button className="border-note-line! bg-note! text-ink!" onClick={() => open(false)}><Icon name="lock" />{t('internal_note')} <Keys keys="x" /></Button>}
          <Button look="quiet" onClick={() => { editDraft(id, { isOpen: true }); setAsksMacros(true); }}><Icon name="bolt" />{t('macros')} <Keys keys="m" /></Button>
          {draft.text && <Badge tone="warn">{t('draft.kept')}</Badge>}
        </div>
      ) : (
        <>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 pt-2 pb-1">
            <Kind isPublic={isPublic} mayReply={mayReply} mayNote={mayNote} onChange={(value) => editDraft(id, { isPublic: value })} />
            <span id={whoReads} className="order-3 w-full text-sm font-medium 2xl:order-2 2xl:w-auto">{t(isPublic ? 'who_reads_public' : 'who_reads_note')}</span>
            <span className="order-2 ml-auto 2xl:order-3"><Button look="quiet" aria-label={t('fold_composer')} onClick={() => { editDraft(id, { isOpen: false }); document.querySelector<HTMLElement>('[data-conversation]')?.focus(); }}><span aria-hidden>▾</span></Button></span>
          </div>
          {others.length > 0 && <p role="status" className="px-3 pb-1 text-sm font-semibold text-warn">{t('others_typing', { names: others.join(', '), count: others.length })}</p>}
          {isPublic && <Recipients ticket={ticket} save={save} mayChange={maySolve} />}
          <div className={`mx-3 mb-2 rounded-lg border bg-paper ${isPublic ? 'border-line-strong' : 'border-note-line'} focus-within:outline-2 focus-within:outline-accent`}>
            <Suspense fallback={<Plain text={draft.text} label={label} isFocusWanted={wantsFocus.current} onText={(text) => editDraft(id, { text })} />}>
              <Editor text={draft.text} epoch={draft.epoch} label={label} placeholder={t(isPublic ? 'write_reply' : 'write_note')} describedBy={whoReads} colleagues={isPublic ? nobody : agents} isFocusWanted={wantsFocus.current}
                onText={(text, mentions) => { editDraft(id, { text, mentions, problem: '' }, { isFromEditor: true }); onTyping(); }} onFiles={(files) => addFiles(id, files)} isPlain={draft.isPlain} onPlain={(value) => editDraft(id, { isPlain: value })} onLeave={() => document.querySelector<HTMLElement>('[data-conversation]')?.focus()} onReady={(ready) => { handle.current = ready; }} />
            </Suspense>
          </div>
          <DraftTrouble ticket={id} draft={draft} />
          <Files ticket={id} files={draft.files} />
          <Staged ticket={id} staged={draft.staged} macros={draft.macros} />
          <SendBar draft={{ ...draft, isPublic }} isBusy={draft.isSending} isUploading={isUploading} maySolve={maySolve} mayReply={mayReply} onSend={(then, isNext) => void submit(then, isNext)} onFiles={(files) => addFiles(id, files)} onMacros={() => setAsksMacros(true)} onDiscard={() => void discard()} />
        </>
      )}
      {isOver && <div className="pointer-events-none absolute inset-1 flex items-center justify-center rounded-lg border-2 border-dashed border-accent bg-accent-ground/90 font-semibold">{t('drop_here')}</div>}
      <Suspense fallback={<DialogComing />}>{asksMacros && <Macros ticket={ticket} mayReply={mayReply} mayNote={mayNote} onClose={() => { setAsksMacros(false); requestAnimationFrame(() => handle.current?.focus()); }} />}</Suspense>
    </section>
  );
}
