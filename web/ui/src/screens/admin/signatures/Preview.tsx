// How a reply to one of the tickets would end: the placeholders filled in, the inbox's signature below one's own.
import { useState } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Field } from '@/kit/Field';
import { useAct } from '@/kit/act';
import { previewSignature, useLastTicket } from './api';

export function Preview({ text }: { text: string }) {
  const t = useWords('signatures');
  const last = useLastTicket(true);
  const [typed, setTyped] = useState<string | null>(null);
  const [shown, setShown] = useState<{ ticket: string; text: string } | null>(null);
  const [isBusy, act] = useAct();
  if (last.data === undefined) return null;
  if (last.data === null && typed === null) return <p className="mt-4 text-sm text-faint">{t('preview.no_ticket')}</p>;
  const ticket = (typed ?? String(last.data)).replace(/\D/g, '');
  const look = () => void act(async () => { setShown({ ticket, text: await previewSignature(ticket, text) }); });
  return (
    <section aria-label={t('preview.title')} className="mt-4 border-t border-line pt-3">
      <div className="flex flex-wrap items-end gap-x-3">
        <Field label={t('preview.ticket')} inputMode="numeric" boxClass="w-40" value={typed ?? String(last.data)} onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => { if (event.key === 'Enter') { event.preventDefault(); if (ticket) look(); } }} />
        <Button className="mb-3" isBusy={isBusy} disabled={!ticket} onClick={look}>{t('preview.show')}</Button>
      </div>
      <div role="status">
        {shown && (shown.text
          ? <><p className="mb-1 text-sm text-faint">{t('preview.of', { ticket: shown.ticket })}</p><pre className="rounded-lg border border-line bg-ground p-3 font-[inherit] whitespace-pre-wrap [overflow-wrap:anywhere]">{`-- \n${shown.text}`}</pre></>
          : <p className="text-faint">{t('preview.empty')}</p>)}
      </div>
    </section>
  );
}
