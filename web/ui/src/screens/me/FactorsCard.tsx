// Second factors: an authenticator app, security keys and passkeys, recovery codes.
import { useState } from 'react';
import { useWords } from '@/i18n';
import { date } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { Time } from '@/kit/Time';
import { tell, useAct } from '@/kit/act';
import { canUseKeys, createKey, KeyError } from '@/screens/entry/webauthn';
import type { Passkey, TwoFactor } from '@/screens/entry/ways';
import { addPasskey, newRecoveryCodes, offerPasskey, offerTotp, refresh, removePasskey, removePhone, removeTotp, renamePasskey, useTwoFactor, type Added, type TotpOffer } from './api';
import { FactorRow } from './FactorRow';
import { NameDialog } from './NameDialog';
import { PhoneDialog } from './PhoneDialog';
import { RecoveryCodes } from './RecoveryCodes';
import { TotpSetup } from './TotpSetup';

type Naming = { key: Passkey | null; trouble?: string };

export function FactorsCard({ onChanged }: { onChanged?: () => void }) {
  const t = useWords('me');
  const query = useTwoFactor();
  const [isBusy, act] = useAct();
  const [offer, setOffer] = useState<TotpOffer | null>(null);
  const [codes, setCodes] = useState<string[]>([]);
  const [naming, setNaming] = useState<Naming | null>(null);
  const [isPhoneOpen, setPhoneOpen] = useState(false);

  const again = async () => { await refresh('two_factor', 'own_devices'); onChanged?.(); };
  const added = async (answer: Added) => {
    setOffer(null);
    setNaming(null);
    if (answer.recovery_codes.length > 0) setCodes(answer.recovery_codes);
    await again();
  };
  const remove = async (title: string, isLast: boolean, work: () => Promise<unknown>) => {
    const yes = await confirmed({ title, text: isLast ? t('factors.last') : t('factors.remove_text'), action: t('common:remove'), isDangerous: true });
    if (yes && await act(work, t('factors.removed'))) await again();
  };
  const nameKey = async (name: string) => {
    try {
      if (naming?.key) {
        await renamePasskey(naming.key.id, name);
        setNaming(null);
        await again();
      } else {
        const credential = await createKey(await offerPasskey());
        await added(await addPasskey(name, credential));
      }
    } catch (problem) {
      if (problem instanceof KeyError) setNaming((was) => was && { ...was, trouble: t(`entry:key.${problem.trouble}`) });
      else { setNaming(null); tell(problem); }
    }
  };
  const makeCodes = async () => {
    const yes = await confirmed({ title: t('codes.again_title'), text: t('codes.again_text'), action: t('codes.again') });
    if (yes) await act(async () => added(await newRecoveryCodes()));
  };

  const rows = (state: TwoFactor) => {
    const count = (state.totp.enabled ? 1 : 0) + state.passkeys.length;
    return (
      <ul className="divide-y divide-line">
        <FactorRow name={t('factors.app')} badge={state.totp.enabled ? <Badge tone="good">{t('common:on')}</Badge> : <Badge>{t('common:off')}</Badge>}
          detail={state.totp.enabled && state.totp.since ? t('factors.since', { date: date(state.totp.since) }) : t('factors.app_hint')}>
          {state.totp.enabled
            ? <Button isBusy={isBusy} onClick={() => void remove(t('factors.remove_app'), count === 1, removeTotp)}>{t('factors.remove_app')}</Button>
            : <Button look={count === 0 ? 'main' : 'plain'} isBusy={isBusy} onClick={() => void act(async () => setOffer(await offerTotp()))}>{t('factors.set_up_app')}</Button>}
        </FactorRow>
        {state.passkeys.map((key) => (
          <FactorRow key={String(key.id)} name={t(key.passwordless ? 'factors.passkey' : 'factors.key', { name: key.name })} badge={<Badge tone="good">{t('common:on')}</Badge>}
            detail={<>{t('factors.since', { date: date(key.created_at) })} · {key.last_used_at ? <>{t('factors.used')} <Time at={key.last_used_at} /></> : t('factors.never_used')}</>}>
            <Button look="quiet" aria-label={t('factors.rename_key', { name: key.name })} onClick={() => setNaming({ key })}>{t('rename')}</Button>
            <Button isBusy={isBusy} aria-label={t('factors.remove_key', { name: key.name })} onClick={() => void remove(t('factors.remove_key', { name: key.name }), count === 1, () => removePasskey(key.id))}>{t('common:remove')}</Button>
          </FactorRow>
        ))}
        <FactorRow name={t('factors.add_key_row')} detail={canUseKeys() ? t('factors.key_hint') : t('factors.no_keys')}>
          {canUseKeys() && <Button onClick={() => setNaming({ key: null })}>{t('factors.add_key')}</Button>}
        </FactorRow>
        {state.enabled && state.text_messages && (state.text_messages.available || state.text_messages.number) && (
          <FactorRow name={t('phone.row')} badge={state.text_messages.number ? <Badge tone="good">{t('phone.on', { number: state.text_messages.number })}</Badge> : <Badge>{t('common:off')}</Badge>} detail={t('phone.hint')}>
            {state.text_messages.number
              ? <Button isBusy={isBusy} onClick={() => void remove(t('phone.remove'), false, removePhone)}>{t('phone.remove')}</Button>
              : <Button onClick={() => setPhoneOpen(true)}>{t('phone.set_up')}</Button>}
          </FactorRow>
        )}
        {state.enabled && (
          <FactorRow name={t('codes.title')} badge={<Badge tone={state.recovery_codes.left < 3 ? 'warn' : 'good'}>{t('codes.left', { count: state.recovery_codes.left })}</Badge>}
            detail={state.recovery_codes.created_at ? t('codes.made', { date: date(state.recovery_codes.created_at) }) : undefined}>
            <Button isBusy={isBusy} onClick={() => void makeCodes()}>{t('codes.again')}</Button>
          </FactorRow>
        )}
      </ul>
    );
  };

  return (
    <Card title={t('factors.title')}>
      <Loaded query={query}>{(state) => (
        <>
          {state.required && !state.enabled && state.required_by && <p className="mb-3 rounded-md border border-warn/40 bg-warn-ground px-3 py-2 text-warn">{t('factors.required', { date: date(state.required_by) })}</p>}
          {rows(state)}
        </>
      )}</Loaded>
      {offer && <TotpSetup offer={offer} onAdded={(answer) => void added(answer)} onCancel={() => setOffer(null)} />}
      {codes.length > 0 && <RecoveryCodes codes={codes} onDone={() => setCodes([])} />}
      {isPhoneOpen && <PhoneDialog onDone={() => { setPhoneOpen(false); void again(); }} onClose={() => setPhoneOpen(false)} />}
      {naming && (
        <NameDialog title={naming.key ? t('factors.rename') : t('factors.add_key')} label={t('factors.key_name')} name={naming.key?.name ?? t('factors.my_key')} trouble={naming.trouble}
          action={naming.key ? undefined : t('entry:continue')} onSave={(name) => void nameKey(name)} onClose={() => setNaming(null)} />
      )}
    </Card>
  );
}
