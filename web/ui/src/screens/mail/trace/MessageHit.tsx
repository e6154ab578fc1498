// A Message-ID, looked for ticket by ticket; it says how far it is and can be stopped.
import { useEffect, useRef, useState } from 'react';
import { wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Card, Failed } from '@/kit/Page';
import type { Period } from './api';
import { findMessage, type Look } from './find_message';
import { MessageLine } from './MessageLine';

export function MessageHit({ id, period }: { id: string; period: Period }) {
  const t = useWords('mail');
  const [look, setLook] = useState<Look | null>(null);
  const [problem, setProblem] = useState('');
  const [isStopped, setStopped] = useState(false);
  const stop = useRef<AbortController>(null);
  useEffect(() => {
    const own = new AbortController();
    stop.current = own;
    (async () => {
      for await (const each of findMessage(id, period, own.signal)) setLook(each);
    })().catch((wrong) => { if (!own.signal.aborted) setProblem(wordsOf(wrong)); });
    return () => own.abort();
  }, [id, period.from, period.to]);
  const isRunning = !look?.isEnd && !isStopped && !problem;
  return (
    <Card title={t('trace.message_title')} actions={isRunning && <Button onClick={() => { stop.current?.abort(); setStopped(true); }}>{t('trace.stop')}</Button>}>
      <p><code className="break-all">{id}</code></p>
      {problem && <Failed words={problem} />}
      {look?.found
        ? <><p className="mt-2"><a className="font-semibold" href={`#/tickets/${look.found.ticket.id}`}>#{String(look.found.ticket.id)} {look.found.ticket.subject}</a></p><ul className="m-0 list-none p-0"><MessageLine message={look.found.message} /></ul></>
        : !problem && <p role="status" className="mt-2 text-faint">{isRunning ? t('trace.looking', { looked: look?.looked ?? 0, total: look?.total ?? 0 }) : t('trace.not_found_in', { count: look?.looked ?? 0 })}</p>}
    </Card>
  );
}
