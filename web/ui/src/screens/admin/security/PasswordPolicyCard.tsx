// What is demanded of passwords, of agents and of end users.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { notice } from '@/app/notices';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Check, Field, Select } from '@/kit/Field';
import { Card } from '@/kit/Page';
import { tell } from '@/kit/act';
import { confirmationNeeded, savePasswordPolicy, securityChanged, type Audience, type Level, type PasswordPolicy } from './api';

const kNumbers = ['length_min', 'history', 'expiry_days', 'failures_max', 'run_max'] as const;
const kSwitches = ['needs_digit', 'needs_mixed_case', 'needs_special'] as const;
const levelsOf = (audience: Audience): Level[] => (audience === 'agents' ? ['recommended', 'medium', 'high', 'custom'] : ['recommended', 'low', 'medium', 'high', 'custom']);

export function wishOf(policy: PasswordPolicy): Partial<PasswordPolicy> {
  if (policy.level !== 'custom') return { level: policy.level };
  const { raised_at: _, ...rest } = policy;
  return rest;
}

export function PasswordPolicyCard({ audience, policy }: { audience: Audience; policy: PasswordPolicy }) {
  const t = useWords('security');
  const [wish, setWish] = useState(policy);
  const [troubles, setTroubles] = useState<Record<string, string>>({});
  const [isBusy, setBusy] = useState(false);
  const change = (part: Partial<PasswordPolicy>) => setWish((was) => ({ ...was, ...part }));
  const save = async (isConfirmed: boolean) => {
    setBusy(true);
    setTroubles({});
    try {
      await savePasswordPolicy(audience, wishOf(wish), isConfirmed);
      notice(t('passwords.saved'), { ms: 9000 });
      await Promise.all([securityChanged('passwords'), securityChanged('checklist')]);
    } catch (problem) {
      if (!isConfirmed && confirmationNeeded(problem)) {
        if (await confirmed({ title: t('passwords.weaker_title'), text: t('passwords.weaker_text'), action: t('passwords.weaker_do'), isDangerous: true })) await save(true);
      } else {
        // "agents.length_min: 6 to 128"
        const [, name, bounds] = /\.(\w+): (.*)$/.exec(problem instanceof ApiError && problem.status === 422 ? problem.message : '') ?? [];
        if (name && bounds && (kNumbers as readonly string[]).includes(name)) setTroubles({ [name]: bounds });
        else tell(problem);
      }
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => { event.preventDefault(); void save(false); };
  return (
    <Card title={t(`passwords.${audience}`)}>
      <form onSubmit={submit} aria-label={t(`passwords.${audience}`)}>
        <Select label={t('passwords.level')} boxClass="max-w-md" hint={t(`passwords.means.${wish.level}`)} value={wish.level} onChange={(event) => change({ level: event.currentTarget.value as Level })}>
          {levelsOf(audience).map((each) => <option key={each} value={each}>{t(`passwords.${each}`)}</option>)}
        </Select>
        {wish.level === 'custom' && (
          <fieldset className="mb-2 grid gap-x-4 sm:grid-cols-2">
            <legend className="sr-only">{t('passwords.custom')}</legend>
            {kNumbers.map((name) => <Field key={name} label={t(`passwords.${name}`)} error={troubles[name]} type="number" min={0} required value={wish[name]} onChange={(event) => change({ [name]: Number(event.currentTarget.value) })} />)}
            <div>{kSwitches.map((name) => <Check key={name} label={t(`passwords.${name}`)} checked={wish[name]} onChange={(event) => change({ [name]: event.currentTarget.checked })} />)}</div>
          </fieldset>
        )}
        <Button type="submit" look="main" isBusy={isBusy}>{t('common:save')}</Button>
      </form>
    </Card>
  );
}
