// How far a replay is, with a way to stop it.
import { useState } from 'react';
import { del } from '@/api/http';
import { failure } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { number } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import type { Replay } from '../api';

export function Progress({ replay }: { replay: Replay }) {
  const t = useWords('operate');
  const [isStopping, setStopping] = useState(false);
  const { messages_read: read, messages_found: found } = replay;
  const words = t('replay.progress', { read: number(read), found: number(found) });
  const stop = async () => {
    setStopping(true);
    await del(`/api/v2/redaction_replays/${replay.id}`).catch(failure);
    void queries.invalidateQueries({ queryKey: ['redaction', 'replay', String(replay.id)] });
    void queries.invalidateQueries({ queryKey: ['redaction', 'replays'] });
  };
  return (
    <div className="flex flex-wrap items-center gap-3">
      <div role="progressbar" aria-label={t('replay.running')} aria-valuemin={0} aria-valuemax={found || undefined} aria-valuenow={found ? read : undefined} aria-valuetext={words} className="h-3 min-w-40 flex-1 overflow-hidden rounded-full border border-line-strong bg-ground">
        <div className="h-full bg-accent" style={{ width: `${found ? (read / found) * 100 : 0}%` }} />
      </div>
      <span className="tabular-nums">{words}</span>
      <Button isBusy={isStopping} onClick={() => void stop()}>{t('replay.stop')}</Button>
    </div>
  );
}
