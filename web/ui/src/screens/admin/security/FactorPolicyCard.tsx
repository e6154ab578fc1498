// Of whom a second factor is demanded, from when, and who has none yet.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { notice } from '@/app/notices';
import { useWords } from '@/i18n';
import { date } from '@/i18n/dates';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Check, Field, Select } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { tell } from '@/kit/act';
import { peopleChanged, useMissing } from '../people/api';
import { confirmationNeeded, saveSecurityPolicy, securityChanged, useSecurityPolicy, type FactorPolicy, type SecurityPolicy } from './api';

function PolicyForm({ policy }: { policy: SecurityPolicy }) {
  const t = useWords('security');
  const [wish, setWish] = useState<FactorPolicy>(policy.second_factor);
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const change = (part: Partial<FactorPolicy>) => setWish((was) => ({ ...was, ...part }));
  const save = async (isConfirmed: boolean) => {
    setBusy(true);
    setTrouble(undefined);
    try {
      const { required_of, grace_days, trusted_devices, text_messages } = wish;
      await saveSecurityPolicy(policy.revision, { required_of, grace_days, trusted_devices, ...(text_messages === undefined ? {} : { text_messages }) }, isConfirmed);
      notice(t('common:saved'));
      await Promise.all([securityChanged('policy'), securityChanged('checklist'), peopleChanged()]);
    } catch (problem) {
      if (!isConfirmed && confirmationNeeded(problem)) {
        if (await confirmed({ title: t('factor_policy.lockout_title'), text: t('factor_policy.lockout_text'), action: t('factor_policy.lockout_do'), isDangerous: true })) await save(true);
      } else if (problem instanceof ApiError && problem.status === 412) {
        setTrouble(t('changed_meanwhile'));
        await securityChanged('policy');
      } else if (problem instanceof ApiError && problem.about('grace_days')) setTrouble(t('factor_policy.bad_days'));
      else tell(problem);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => { event.preventDefault(); void save(false); };
  return (
    <form onSubmit={submit}>
      <div className="grid gap-x-4 sm:grid-cols-2">
        <Select label={t('factor_policy.required_of')} value={wish.required_of} onChange={(event) => change({ required_of: event.currentTarget.value as FactorPolicy['required_of'] })}
          hint={wish.required_of !== 'none' && policy.second_factor.required_since ? t('factor_policy.since', { date: date(policy.second_factor.required_since) }) : undefined}>
          {(['none', 'admins', 'everybody'] as const).map((each) => <option key={each} value={each}>{t(`factor_policy.${each}`)}</option>)}
        </Select>
        <Field label={t('factor_policy.grace_days')} hint={t('factor_policy.grace_hint')} error={trouble} type="number" min={0} max={90} required value={wish.grace_days} onChange={(event) => change({ grace_days: Number(event.currentTarget.value) })} />
      </div>
      <Check label={t('factor_policy.trusted')} hint={t('factor_policy.trusted_hint')} checked={wish.trusted_devices} onChange={(event) => change({ trusted_devices: event.currentTarget.checked })} />
      {wish.text_messages !== undefined && <Check label={t('factor_policy.texts')} hint={t('factor_policy.texts_hint')} checked={wish.text_messages} onChange={(event) => change({ text_messages: event.currentTarget.checked })} />}
      <Button type="submit" look="main" isBusy={isBusy}>{t('common:save')}</Button>
    </form>
  );
}

function MissingList() {
  const t = useWords('security');
  const missing = useMissing();
  return (
    <div id="missing-factors" className="mt-4 border-t border-line pt-3">
      <h3 className="mb-1">{t('factor_policy.missing')}</h3>
      <Loaded query={missing}>{(list) => (list.length === 0 ? <p className="text-faint">{t('factor_policy.nobody_missing')}</p> : (
        <ul>{list.map((each) => <li key={String(each.user.id)} className="flex flex-wrap gap-x-3 py-0.5"><a href={`#/people/${each.user.id}`} className="[overflow-wrap:anywhere]">{each.user.name || each.user.email}</a><span className="text-faint">{t('factor_policy.by', { date: date(each.required_by) })}</span></li>)}</ul>
      ))}</Loaded>
    </div>
  );
}

export function FactorPolicyCard() {
  const t = useWords('security');
  const query = useSecurityPolicy();
  return (
    <Card title={t('factor_policy.title')}>
      <Loaded query={query}>{(policy) => <PolicyForm key={policy.revision} policy={policy} />}</Loaded>
      <MissingList />
    </Card>
  );
}
