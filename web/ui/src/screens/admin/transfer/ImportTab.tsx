// Tickets of another helpdesk out of a file: looked at first, then sent in portions, with a way to stop and to go on.
import { useRef, useState, type ChangeEvent } from 'react';
import { post } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { useLeaveGuard } from '@/kit/editor/useLeaveGuard';
import { Check } from '@/kit/Field';
import { Card } from '@/kit/Page';
import { CommandCard, ShapeCard } from './Explained';
import { importAll, type Outcome, type Send } from './importing';
import { Progress } from './Progress';
import { readTickets, type ReadFile } from './read';
import { Report } from './Report';

const kFileMost = 200_000_000;
const kUnreadShown = 5;
const pause = (ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms); });
const nothing: Outcome = { done: 0, refused: [], first: null, left: [], trouble: null };
interface JobAnswer { job_status: { results: Awaited<ReturnType<Send>> | null } }

export function ImportTab() {
  const t = useWords('transfer');
  const { can } = useSession();
  const [file, setFile] = useState<{ name: string; read: ReadFile } | null>(null);
  const [trouble, setTrouble] = useState('');
  const [closes, setCloses] = useState(true);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [isRunning, setRunning] = useState(false);
  const stopping = useRef(false);
  const chosen = useRef<HTMLInputElement>(null);
  useLeaveGuard(isRunning);

  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const one = event.currentTarget.files?.[0];
    event.currentTarget.value = ''; // the same file may be chosen again after a change
    if (!one) return;
    setOutcome(null);
    setFile(null);
    setTrouble('');
    if (one.size > kFileMost) { setTrouble(t('file_too_large')); return; }
    const read = readTickets(await one.text());
    if (read.tickets.length === 0 && read.unread.length === 0) setTrouble(t('file_empty'));
    else setFile({ name: one.name, read });
  };
  const send: Send = async (tickets, key) => (await post<JobAnswer>(`/api/v2/imports/tickets/create_many${closes ? '?archive_immediately=true' : ''}`, { tickets }, { key })).job_status.results ?? [];
  const run = async (before: Outcome, tickets: ReadFile['tickets']) => {
    stopping.current = false;
    setRunning(true);
    const add = (so: Outcome): Outcome => ({ ...so, done: before.done + so.done, refused: [...before.refused, ...so.refused] });
    setOutcome(add({ ...nothing, left: tickets }));
    const end = await importAll(tickets, { send, wait: pause, isStopped: () => stopping.current, told: (so) => setOutcome(add(so)) });
    setOutcome(add(end));
    setRunning(false);
  };

  if (!can('tickets:write')) return <p className="text-faint">{t('no_right')}</p>;
  const read = file?.read;
  return (
    <>
      <Card title={t('choose.title')}>
        <p className="mb-3 max-w-prose text-faint">{t('choose.hint')}</p>
        <input ref={chosen} type="file" className="sr-only" tabIndex={-1} aria-hidden accept=".json,.jsonl,.ndjson,application/json" onChange={(event) => void choose(event)} />
        <div className="flex flex-wrap items-center gap-3">
          <Button look={read ? 'plain' : 'main'} disabled={isRunning} onClick={() => chosen.current?.click()}>{t(read ? 'choose.other' : 'choose.do')}</Button>
          {file && <span className="min-w-0 [overflow-wrap:anywhere]">{file.name}</span>}
        </div>
        {trouble && <p role="alert" className="mt-2 text-bad">{trouble}</p>}
        {read && (
          <div className="mt-4" role="status">
            <p className="font-semibold">{t('found', { count: read.tickets.length, number: number(read.tickets.length), comments: t('comments', { count: read.comments, number: number(read.comments) }) })}</p>
            {read.unread.length > 0 && (
              <div className="mt-2 rounded-lg border border-warn bg-warn-ground p-3 text-warn">
                <p>{t('unread', { count: read.unread.length, number: number(read.unread.length) })}</p>
                <ul className="list-disc pl-5 text-sm">{read.unread.slice(0, kUnreadShown).map((each) => <li key={each.line}>{t('unread_line', { line: number(each.line), why: t(`trouble.${each.trouble}`) })}</li>)}</ul>
              </div>
            )}
          </div>
        )}
        {read && read.tickets.length > 0 && !outcome && (
          <div className="mt-3">
            <Check label={t('closes')} hint={t('closes_hint')} checked={closes} onChange={(event) => setCloses(event.currentTarget.checked)} />
            <Button look="main" onClick={() => void run(nothing, read.tickets)}>{t('start', { count: read.tickets.length, number: number(read.tickets.length) })}</Button>
          </div>
        )}
        {outcome && read && isRunning && (
          <>
            <Progress label={t('running')} now={read.tickets.length - outcome.left.length} most={read.tickets.length} />
            <p className="mt-2 flex flex-wrap items-center gap-3"><Button look="danger" onClick={() => { stopping.current = true; }}>{t('stop')}</Button><span className="text-sm text-faint">{t('running_hint')}</span></p>
          </>
        )}
        {outcome && !isRunning && <Report outcome={outcome} onGoOn={() => void run({ ...outcome, trouble: null }, outcome.left)} />}
      </Card>
      <ShapeCard />
      <CommandCard />
    </>
  );
}
