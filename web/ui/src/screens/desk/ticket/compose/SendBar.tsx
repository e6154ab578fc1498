// The row under the text: files, macros, and sending, with what is to become of the ticket.
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { put } from '@/api/http';
import { failure } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Keys } from '@/kit/Keys';
import { Icon } from '../icons';
import { Menu, type MenuItem } from '../parts';
import { kAfters, setAfterSend, useAfterSend } from './afterSend';
import { DraftNote } from './DraftNote';
import type { Draft } from './draftStore';
import { holdQuery } from './sending';

const kHolds = [0, 5, 10, 15, 30, 60];

function HoldMenu() {
  const t = useWords('ticket');
  const { data = 0 } = useQuery(holdQuery);
  const set = async (seconds: number) => {
    try {
      await put('/api/v2/reply_hold', { reply_hold: { seconds } });
      queries.setQueryData(holdQuery.queryKey, seconds);
    } catch (problem) { failure(problem); }
  };
  const words = (seconds: number) => (seconds ? t('seconds', { count: seconds }) : t('common:off'));
  return <Menu label={t('hold_label', { value: words(data) })} look="quiet" isUp items={kHolds.map((each): MenuItem => ({ id: String(each), title: `${each === data ? '✓ ' : ''}${words(each)}`, run: () => void set(each) }))} className="text-xs"><Icon name="clock" />{words(data)}</Menu>;
}

interface Props {
  draft: Draft;
  isBusy: boolean;
  isUploading: boolean;
  maySolve: boolean;
  mayReply: boolean;
  onSend: (then: string, isNext?: boolean) => void;
  onFiles: (files: File[]) => void;
  onMacros: () => void;
  onDiscard: () => void;
}

export function SendBar({ draft, isBusy, isUploading, maySolve, mayReply, onSend, onFiles, onMacros, onDiscard }: Props) {
  const t = useWords('ticket');
  const after = useAfterSend();
  const picker = useRef<HTMLInputElement>(null);
  const words = isUploading ? t('waiting_files') : t(draft.isPublic ? 'send_reply' : 'send_note');
  const statuses = ['open', 'pending', 'hold', 'solved'].map((each): MenuItem => ({ id: each, title: t('send_as', { status: t(`status.${each}`) }), keys: each === 'solved' ? <Keys keys="Mod+Shift+Enter" /> : undefined, run: () => onSend(each) }));
  const items: MenuItem[] = [
    ...(maySolve ? statuses : []),
    { id: 'next', title: t('send_next'), keys: <Keys keys="Mod+Alt+Enter" />, run: () => onSend('', true) },
    ...(maySolve ? [{ id: 'solve_next', title: t('solve_next'), run: () => onSend('solved', true) }] : []),
    ...kAfters.map((each): MenuItem => ({ id: `after-${each}`, title: `${each === after ? '✓ ' : ''}${t(`after.${each}`)}`, run: () => setAfterSend(each) })),
  ];
  const look = draft.isPublic ? '' : 'border-note-line! bg-note! text-ink! font-semibold';
  return (
    <div className="flex flex-wrap items-center gap-1 px-3 pb-3">
      <input ref={picker} type="file" multiple className="hidden" aria-label={t('attach')} tabIndex={-1} data-files onChange={(event) => { const files = [...(event.currentTarget.files ?? [])]; event.currentTarget.value = ''; onFiles(files); }} />
      <Button look="quiet" onClick={() => picker.current?.click()}><Icon name="clip" /><span className="max-sm:sr-only">{t('attach')}</span></Button>
      <Button look="quiet" onClick={onMacros}><Icon name="bolt" /><span className="max-sm:sr-only">{t('macros')}</span></Button>
      {draft.isPublic && mayReply && <HoldMenu />}
      {(draft.text || draft.files.length > 0) && <Button look="quiet" onClick={onDiscard}>{t('discard')}</Button>}
      <span className="ml-auto flex items-center justify-end">
        <span className="px-2 text-right"><DraftNote draft={draft} /></span>
        <Button look="main" className={`rounded-r-none ${look}`} isBusy={isBusy || isUploading} onClick={() => onSend('')}>{words}<span aria-hidden className="max-md:hidden"><Keys keys="Mod+Enter" /></span></Button>
        <Menu label={t('send_more')} look="main" isUp items={items} className={`rounded-l-none border-l-paper/40 ${look}`}><span aria-hidden>▾</span></Menu>
      </span>
    </div>
  );
}
