// Lists of the workspace as a file, one object a line as the API tells it; everything, or what changed since a day.
import { useRef, useState } from 'react';
import { ApiError, raw, wordsOf, type Problem } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { useLeaveGuard } from '@/kit/editor/useLeaveGuard';
import { Field, Select } from '@/kit/Field';
import { Card } from '@/kit/Page';
import { ExportCommandCard } from './Explained';
import { exportAll, kKinds, type Exported, type Kind } from './exporting';
import { Progress } from './Progress';
import { saveFile, today } from './save';

const pause = (ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms); });
const secondsOf = (day: string) => (day ? Math.floor(new Date(`${day}T00:00:00`).getTime() / 1000) : 0);

async function read(path: string): Promise<string> {
  const answer = await raw(path).catch(() => { throw new ApiError(0); });
  const text = await answer.text();
  if (answer.ok) return text;
  let problem: Problem = {};
  try { problem = JSON.parse(text) as Problem; } catch { /* no words of the server */ }
  throw new ApiError(answer.status, problem, Number(answer.headers.get('Retry-After') ?? 0));
}

export function ExportTab() {
  const t = useWords('transfer');
  const { can } = useSession();
  const kinds = kKinds.filter((each) => can(each === 'users' || each === 'organizations' ? 'users:read' : 'tickets:read'));
  const [kind, setKind] = useState<Kind>('tickets');
  const [since, setSince] = useState('');
  const [count, setCount] = useState<number | null>(null); // while it runs
  const [end, setEnd] = useState<(Exported & { kind: Kind }) | null>(null);
  const [trouble, setTrouble] = useState('');
  const stopping = useRef(false);
  useLeaveGuard(count !== null);

  const save = (done: Exported, of: Kind) => saveFile(`postern-${of}-${today()}.jsonl`, done.parts);
  const run = async () => {
    stopping.current = false;
    setEnd(null);
    setTrouble('');
    setCount(0);
    try {
      const done = await exportAll(kind, secondsOf(since), { read, wait: pause, isStopped: () => stopping.current, told: setCount });
      setEnd({ ...done, kind });
      if (done.isWhole && done.count > 0) save(done, kind);
    } catch (problem) { setTrouble(wordsOf(problem)); }
    setCount(null);
  };
  return (
    <>
      <Card title={t('export.title')}>
        <p className="mb-3 max-w-prose text-faint">{t('export.hint')}</p>
        <div className="flex flex-wrap gap-x-4">
          <Select label={t('export.what')} boxClass="min-w-52" disabled={count !== null} value={kind} onChange={(event) => { setKind(event.currentTarget.value as Kind); setEnd(null); }}>
            {kinds.map((each) => <option key={each} value={each}>{t(`export.kind.${each}`)}</option>)}
          </Select>
          <Field label={t('export.since')} hint={t('export.since_hint')} type="date" max={today()} disabled={count !== null} value={since} onChange={(event) => setSince(event.currentTarget.value)} />
        </div>
        {count === null ? <Button look="main" onClick={() => void run()}>{t('export.do')}</Button> : (
          <>
            <Progress label={t('export.running')} now={count} most={null} />
            <p className="mt-2"><Button look="danger" onClick={() => { stopping.current = true; }}>{t('stop')}</Button></p>
          </>
        )}
        {trouble && <p role="alert" className="mt-3 rounded-lg border border-bad bg-bad-ground p-3 text-bad">{trouble}</p>}
        <div role="status" className="mt-3">
          {end && <p className="flex flex-wrap items-center gap-3"><span>{end.count === 0 ? t('export.nothing') : t(end.isWhole ? 'export.done' : 'export.stopped', { count: end.count, number: number(end.count) })}</span>{end.count > 0 && <Button onClick={() => save(end, end.kind)}>{t(end.isWhole ? 'export.again' : 'export.save_part')}</Button>}</p>}
        </div>
      </Card>
      <ExportCommandCard />
    </>
  );
}
