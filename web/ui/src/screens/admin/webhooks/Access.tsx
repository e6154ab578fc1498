// How a request tells the program who it is (besides its signature), and headers of one's own.
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import type { Problems } from '@/kit/conditions/types';
import { Field, Select } from '@/kit/Field';
import type { Authentication, AuthType, Header } from './model';

export function AuthenticationFields({ value, stored, problems, onChange }: { value: Authentication; stored: AuthType; problems: Problems; onChange: (value: Authentication) => void }) {
  const t = useWords('webhooks');
  const set = (change: Partial<Authentication>) => onChange({ ...value, ...change });
  const error = (name: string) => problems.get(`authentication.data.${name}`);
  const isKept = value.type !== '' && value.type === stored;
  const secret = (name: 'password' | 'token' | 'value') => (
    <Field label={t(`auth.${name}`)} type="password" autoComplete="new-password" hint={isKept ? t('auth.kept') : undefined} value={value[name]} error={error(name)} onChange={(event) => set({ [name]: event.currentTarget.value })} />
  );
  return (
    <>
      <Select label={t('auth.title')} value={value.type} error={problems.get('authentication.type') ?? problems.get('authentication')} onChange={(event) => set({ type: event.currentTarget.value as AuthType })}>
        {(['', 'bearer_token', 'basic_auth', 'api_key'] as const).map((each) => <option key={each} value={each}>{t(`auth.type.${each || 'none'}`)}</option>)}
      </Select>
      {value.type === 'basic_auth' && <div className="grid gap-x-3 sm:grid-cols-2"><Field label={t('auth.username')} autoComplete="off" value={value.username} error={error('username')} onChange={(event) => set({ username: event.currentTarget.value })} />{secret('password')}</div>}
      {value.type === 'bearer_token' && secret('token')}
      {value.type === 'api_key' && <div className="grid gap-x-3 sm:grid-cols-2"><Field label={t('auth.name')} autoComplete="off" placeholder="X-Api-Key" value={value.name} error={error('name')} onChange={(event) => set({ name: event.currentTarget.value })} />{secret('value')}</div>}
    </>
  );
}

export function Headers({ value, problems, onChange }: { value: Header[]; problems: Problems; onChange: (value: Header[]) => void }) {
  const t = useWords('webhooks');
  const set = (at: number, change: Partial<Header>) => onChange(value.map((each, index) => (index === at ? { ...each, ...change } : each)));
  const problem = [...problems].find(([at]) => at.startsWith('custom_headers'))?.[1];
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-sm font-semibold">{t('headers')}</legend>
      {value.map((each, at) => (
        <div key={at} className="grid grid-cols-[1fr_1.5fr_auto] gap-2">
          <Field boxClass="mb-2!" label={t('header_name', { n: at + 1 })} isLabelHidden placeholder="X-Team" value={each.name} onChange={(event) => set(at, { name: event.currentTarget.value })} />
          <Field boxClass="mb-2!" label={t('header_value', { n: at + 1 })} isLabelHidden value={each.value} onChange={(event) => set(at, { value: event.currentTarget.value })} />
          <Button look="quiet" className="mb-2" aria-label={t('header_remove', { what: each.name || String(at + 1) })} onClick={() => onChange(value.filter((_, index) => index !== at))}>×</Button>
        </div>
      ))}
      {problem && <p role="alert" className="mb-2 text-sm text-bad">{problem}</p>}
      <Button onClick={() => onChange([...value, { name: '', value: '' }])}>{t('header_add')}</Button>
    </fieldset>
  );
}
