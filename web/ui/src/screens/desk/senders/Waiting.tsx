// How long held mail waits before it is deleted, and who gets a mail about it each day.
import { useLayoutEffect, useState } from 'react';
import { ApiError } from '@/api/http';
import { notice } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { tell, useAct } from '@/kit/act';
import { Button } from '@/kit/Button';
import { Check, Field } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { saveDays, saveDigest, settingsKey, useSettings } from './data';

const again = () => queries.invalidateQueries({ queryKey: settingsKey });

function Days({ days, isChosen, mayChange }: { days: number; isChosen: boolean; mayChange: boolean }) {
  const t = useWords('suspended');
  const [text, setText] = useState(String(days));
  const [error, setError] = useState('');
  useLayoutEffect(() => setText(String(days)), [days]);
  const save = async (value: number | null) => {
    try {
      await saveDays(value);
      setError('');
      await again();
      notice(t('senders.days_saved'));
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 422) setError(problem.about('retention_days') ?? problem.words);
      else tell(problem);
    }
  };
  if (!mayChange) return <p className="mb-3">{t('senders.days_are', { count: days })}</p>;
  return (
    <form noValidate className="mb-3 flex flex-wrap items-end gap-x-3" onSubmit={(event) => { event.preventDefault(); void save(Number(text)); }}>
      <Field label={t('senders.days')} hint={t(isChosen ? 'senders.days_chosen' : 'senders.days_usual')} type="number" min={1} inputMode="numeric" className="w-28!" value={text} error={error} onChange={(event) => setText(event.currentTarget.value)} />
      <span className="mb-3 flex gap-2"><Button type="submit" disabled={text === String(days) || !/^\d+$/.test(text)}>{t('common:save')}</Button>{isChosen && <Button look="quiet" onClick={() => void save(null)}>{t('senders.days_back')}</Button>}</span>
    </form>
  );
}

export function Waiting({ mayChange }: { mayChange: boolean }) {
  const t = useWords('suspended');
  const query = useSettings();
  const [isBusy, act] = useAct();
  const turn = (digest_wanted: boolean) => {
    queries.setQueryData<typeof query.data>(settingsKey, (was) => was && { ...was, digest_wanted });
    void act(() => saveDigest(digest_wanted).finally(again), t(digest_wanted ? 'senders.digest_on' : 'senders.digest_off'));
  };
  return (
    <Card title={t('senders.waiting')}>
      <Loaded query={query}>{(settings) => (
        <>
          <Days days={settings.retention_days} isChosen={settings.retention_days_chosen} mayChange={mayChange} />
          <Check label={t('senders.digest')} hint={t('senders.digest_hint', { count: settings.digest_readers })} disabled={isBusy} checked={settings.digest_wanted} onChange={(event) => turn(event.currentTarget.checked)} />
        </>
      )}</Loaded>
    </Card>
  );
}
