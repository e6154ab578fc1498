// An authenticator app: its QR code, the same as text, and the code that proves it.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { CopyButton } from '@/kit/CopyButton';
import { Field } from '@/kit/Field';
import { tell } from '@/kit/act';
import { confirmTotp, type Added, type TotpOffer } from './api';
import { readQr } from './qr';

export function TotpSetup({ offer, onAdded, onCancel }: { offer: TotpOffer; onAdded: (added: Added) => void; onCancel: () => void }) {
  const t = useWords('me');
  const [code, setCode] = useState('');
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const drawing = readQr(offer.qr_svg);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTrouble(undefined);
    setBusy(true);
    try {
      onAdded(await confirmTotp(code.trim()));
    } catch (problem) {
      if (problem instanceof ApiError && problem.about('code')) setTrouble(t('totp.wrong'));
      else tell(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="mt-4 rounded-lg border border-line bg-ground p-4" aria-label={t('totp.title')}>
      <h3 className="mb-2">{t('totp.title')}</h3>
      <div className="flex flex-wrap items-start gap-6">
        {drawing && <svg viewBox={drawing.box} role="img" aria-label={t('totp.qr')} className="qr size-48 rounded-md bg-white p-1">{drawing.paths.map((each) => <path key={each.d} d={each.d} fill={each.fill} />)}</svg>}
        <div className="min-w-60 flex-1">
          <p className="mb-2">{t('totp.scan')}</p>
          <p className="mb-4 flex flex-wrap items-center gap-2"><code id="totp-secret" className="rounded border border-line bg-paper px-2 py-1 [overflow-wrap:anywhere] select-all">{offer.secret}</code><CopyButton text={offer.secret.replace(/\s/g, '')} what={t('totp.secret')} /></p>
          <Field label={t('totp.code')} hint={t('totp.code_hint')} error={trouble} inputMode="numeric" autoComplete="one-time-code" required autoFocus maxLength={12} boxClass="max-w-60" className="text-lg tracking-widest" value={code} onChange={(event) => setCode(event.currentTarget.value)} />
          <div className="flex gap-2"><Button type="submit" look="main" isBusy={isBusy}>{t('totp.confirm')}</Button><Button onClick={onCancel}>{t('common:cancel')}</Button></div>
        </div>
      </div>
    </form>
  );
}
