// Replies that are held for some seconds: how long still, and the way back.
import { useEffect, useState } from 'react';
import { go } from '@/app/place';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Keys } from '@/kit/Keys';
import { dropHeld, takeBack, useHeld, type Held } from './sending';

function One({ held, isHere, isLast }: { held: Held; isHere: boolean; isLast: boolean }) {
  const t = useWords('ticket');
  const [left, setLeft] = useState(() => Math.ceil((held.until - Date.now()) / 1000));
  useEffect(() => {
    const timer = setInterval(() => {
      const now = Math.ceil((held.until - Date.now()) / 1000);
      if (now <= 0) dropHeld(held.comment.id);
      else setLeft(now);
    }, 250);
    return () => clearInterval(timer);
  }, [held]);
  const undo = async () => { if (await takeBack(held, t)) go(`/tickets/${held.ticket}`); };
  return (
    <div className="flex flex-wrap items-center gap-3 border-t border-accent/40 bg-accent-ground px-3 py-1.5">
      <span>{t(isHere ? 'held' : 'held_other', { ticket: held.ticket })} <strong aria-hidden className="tabular-nums">{t('seconds', { count: left })}</strong></span>
      <Button look="plain" data-undo-send={isLast || undefined} onClick={() => void undo()}>{t('undo_send')} {isLast && <Keys keys="z" />}</Button>
    </div>
  );
}

export function HoldBar({ ticket }: { ticket: string }) {
  const t = useWords('ticket');
  const list = useHeld();
  return <div role="status" aria-label={list.length > 0 ? t('held_replies') : undefined}>{list.map((each, at) => <One key={String(each.comment.id)} held={each} isHere={each.ticket === ticket} isLast={at === list.length - 1} />)}</div>;
}
