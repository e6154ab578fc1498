// A telephone that gets codes by text message, proved by one.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Dialog } from '@/kit/Dialog';
import { Field } from '@/kit/Field';
import { tell } from '@/kit/act';
import { useWait, waitOf } from '@/screens/entry/troubles';
import { confirmPhone, offerPhone } from './api';

export function PhoneDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const t = useWords('me');
  const [number, setNumber] = useState('');
  const [sentTo, setSentTo] = useState('');
  const [code, setCode] = useState('');
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [wait, startWait] = useWait();
  const run = async (event: FormEvent, field: string, words: string, work: () => Promise<void>) => {
    event.preventDefault();
    setTrouble(undefined);
    setBusy(true);
    try {
      await work();
    } catch (problem) {
      if (problem instanceof ApiError && (problem.about(field) || problem.status === 422)) setTrouble(words);
      else if (waitOf(problem) > 0) startWait(waitOf(problem));
      else tell(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t('phone.set_up')} onClose={onClose} className="w-[min(28rem,94vw)]">
      <form onSubmit={(event) => void run(event, 'number', t('phone.bad_number'), async () => setSentTo((await offerPhone(number.trim())).number))}>
        <Field label={t('phone.number')} hint={t('phone.number_hint')} error={sentTo ? undefined : trouble} type="tel" autoComplete="tel" required autoFocus maxLength={64} value={number} onChange={(event) => setNumber(event.currentTarget.value)} />
        <Button type="submit" look={sentTo ? 'plain' : 'main'} isBusy={isBusy} disabled={wait > 0}>{t('phone.send')}</Button>
        {wait > 0 && <p className="mt-1 text-sm text-faint">{t('entry:trouble.wait', { count: wait })}</p>}
      </form>
      {sentTo && (
        <form className="mt-4 border-t border-line pt-4" onSubmit={(event) => void run(event, 'code', t('phone.wrong'), async () => { await confirmPhone(code.trim()); onDone(); })}>
          <p role="status" className="mb-2">{t('phone.sent', { number: sentTo })}</p>
          <Field label={t('phone.code')} error={trouble} inputMode="numeric" autoComplete="one-time-code" required autoFocus maxLength={12} value={code} onChange={(event) => setCode(event.currentTarget.value)} />
          <Button type="submit" look="main" isBusy={isBusy}>{t('phone.confirm')}</Button>
        </form>
      )}
    </Dialog>
  );
}
