// Lets somebody from outside in, for some hours and with a reason that everybody can read.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Field, Select } from '@/kit/Field';
import { tell } from '@/kit/act';
import { grantSupport, securityChanged, type Grant } from './api';

const kHours = [1, 4, 8, 24, 72, 168];

export function GrantForm({ onMade, onCancel }: { onMade: (grant: Grant, link: string) => void; onCancel: () => void }) {
  const t = useWords('security');
  const [typed, setTyped] = useState({ email: '', name: '', reason: '', role: 'light-agent', hours: '4' });
  const [troubles, setTroubles] = useState<Record<string, string>>({});
  const [isBusy, setBusy] = useState(false);
  const box = (name: keyof typeof typed) => ({ value: typed[name], error: troubles[name], onChange: (event: { currentTarget: { value: string } }) => { const { value } = event.currentTarget; setTyped((was) => ({ ...was, [name]: value })); } });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTroubles({});
    setBusy(true);
    try {
      const made = await grantSupport({ ...typed, email: typed.email.trim(), name: typed.name.trim(), hours: Number(typed.hours) });
      await Promise.all([securityChanged('support'), securityChanged('checklist')]);
      onMade(made.support_access, `${location.origin}${made.enrolment.path}`);
    } catch (problem) {
      const about = problem instanceof ApiError ? { email: problem.about('email') ?? (problem.status === 409 ? t('support.exists') : undefined), reason: problem.about('reason') && t('support.bad_reason'), hours: problem.about('hours') } : {};
      const found = Object.fromEntries(Object.entries(about).filter(([, words]) => words)) as Record<string, string>;
      setTroubles(found);
      if (Object.keys(found).length === 0) tell(problem);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} aria-label={t('support.let_in')} className="mb-4 rounded-lg border border-line bg-ground p-4">
      <div className="grid gap-x-4 sm:grid-cols-2">
        <Field label={t('common:email')} type="email" required autoFocus maxLength={254} {...box('email')} />
        <Field label={t('common:name')} maxLength={200} {...box('name')} />
        <Select label={t('support.may')} {...box('role')}><option value="light-agent">{t('support.light_agent')}</option><option value="agent">{t('support.agent')}</option></Select>
        <Select label={t('support.for')} {...box('hours')}>{kHours.map((each) => <option key={each} value={each}>{each < 24 ? t('support.hours', { count: each }) : t('support.days', { count: each / 24 })}</option>)}</Select>
      </div>
      <Field label={t('support.reason')} hint={t('support.reason_hint')} required minLength={5} maxLength={500} {...box('reason')} />
      <div className="flex gap-2"><Button type="submit" look="main" isBusy={isBusy}>{t('support.let_in')}</Button><Button onClick={onCancel}>{t('common:cancel')}</Button></div>
    </form>
  );
}
