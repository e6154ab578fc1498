// Proving a second time who is there, with one of the ways that are at hand.
import { useRef, useState, type FormEvent } from 'react';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Check, Field } from '@/kit/Field';
import { PasswordField } from './PasswordField';
import { Trouble } from './Trouble';
import { entryWords, useWait, waitOf, type Occasion } from './troubles';
import type { Method, Proof } from './ways';
import { askKey, canUseKeys, type GetOptions } from './webauthn';

interface Props {
  methods: Method[];
  occasion: Occasion;
  remembers?: boolean; // whether this device may be remembered
  challenge: () => Promise<GetOptions>;
  send: (proof: Proof) => Promise<void>;
  text?: { to: string; send: () => Promise<unknown> }; // has a code sent as a text message
  cancel?: { label: string; run: () => void };
}

const kFields = { totp: 'code', recovery_code: 'recovery_code', text_message: 'text_code', password: 'password' } as const;
const isUsable = (method: Method, hasText: boolean) => (method === 'text_message' ? hasText : method in kFields || (method === 'security_key' && canUseKeys()));

export function FactorForm({ methods, occasion, remembers = false, challenge, send, text, cancel }: Props) {
  const t = useWords('entry');
  const usable = methods.filter((each) => isUsable(each, Boolean(text)));
  const [method, setMethod] = useState<Method | undefined>(usable[0]);
  const [typed, setTyped] = useState('');
  const [isRemembered, setRemembered] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState('');
  const [wait, startWait] = useWait();
  const [isSent, setSent] = useState(false);
  const [textWait, startTextWait] = useWait();
  const box = useRef<HTMLFormElement>(null);

  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (isBusy || wait > 0 || !method) return;
    setBusy(true);
    setTrouble('');
    try {
      const proof: Proof = method === 'security_key' ? { credential: await askKey(await challenge()) } : { [kFields[method]]: typed.trim() };
      await send(remembers ? { ...proof, remember_device: isRemembered } : proof);
    } catch (problem) {
      setTrouble(entryWords(t, problem, occasion));
      startWait(waitOf(problem));
      setBusy(false);
      box.current?.querySelector<HTMLInputElement>('input:not([type=checkbox])')?.select();
    }
  };
  const sendText = async () => {
    setBusy(true);
    setTrouble('');
    try {
      await text?.send();
      setSent(true);
    } catch (problem) {
      setTrouble(entryWords(t, problem, 'factor'));
      startTextWait(waitOf(problem));
    } finally {
      setBusy(false);
    }
  };
  const choose = (next: Method) => {
    setMethod(next);
    setTyped('');
    setTrouble('');
    if (next === 'text_message' && !isSent && textWait === 0) void sendText();
  };

  if (!method) return <p role="alert" className="text-bad">{t('factor.none')}</p>;
  const others = usable.filter((each) => each !== method);
  const common = { value: typed, required: true, autoFocus: true, onChange: (event: { currentTarget: HTMLInputElement }) => setTyped(event.currentTarget.value) };
  return (
    <form ref={box} onSubmit={(event) => void submit(event)}>
      <Trouble words={trouble} wait={wait} />
      {method === 'totp' && <Field key={method} {...common} label={t('factor.totp')} hint={t('factor.totp_hint')} inputMode="numeric" autoComplete="one-time-code" maxLength={12} className="text-lg tracking-widest" />}
      {method === 'text_message' && (
        <p role="status" className="mb-3">{isSent ? t('factor.text_sent', { number: text?.to }) : t('factor.text_hint', { number: text?.to })}{' '}
          <Button look="quiet" className="-mx-2" isBusy={isBusy} disabled={textWait > 0} onClick={() => void sendText()}>{isSent ? t('factor.text_again') : t('factor.text_send')}</Button>
          {textWait > 0 && <span className="text-sm text-faint">{t('trouble.wait', { count: textWait })}</span>}</p>
      )}
      {method === 'text_message' && <Field key={method} {...common} label={t('factor.text_message')} hint={t('factor.totp_hint')} inputMode="numeric" autoComplete="one-time-code" maxLength={12} className="text-lg tracking-widest" />}
      {method === 'recovery_code' && <Field key={method} {...common} label={t('factor.recovery_code')} hint={t('factor.recovery_hint')} autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={64} className="font-mono" />}
      {method === 'password' && <PasswordField key={method} {...common} label={t('factor.password')} hint={t('factor.password_hint')} autoComplete="current-password" />}
      {method === 'security_key' && <p className="mb-3">{t('factor.key_hint')}</p>}
      {remembers && <Check label={t('factor.remember')} hint={t('factor.remember_hint')} checked={isRemembered} onChange={(event) => setRemembered(event.currentTarget.checked)} />}
      <Button type="submit" look="main" className="w-full" isBusy={isBusy} disabled={wait > 0}>{method === 'security_key' ? t('factor.use_key') : t('continue')}</Button>
      {others.length > 0 && (
        <div className="mt-4 flex flex-col items-start border-t border-line pt-3">
          <p className="text-sm text-faint">{t('factor.others')}</p>
          {others.map((each) => <Button key={each} look="quiet" className="-mx-2.5" onClick={() => choose(each)}>{t(`factor.choose_${each}`)}</Button>)}
        </div>
      )}
      {cancel && <p className="mt-2"><Button look="quiet" className="-mx-2.5" onClick={cancel.run}>{cancel.label}</Button></p>}
    </form>
  );
}
