// A new API token: what for, how much, from where, until when.
import { useState, type FormEvent } from 'react';
import { ApiError } from '@/api/http';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Field, Select, TextField } from '@/kit/Field';
import { tell } from '@/kit/act';
import { makeToken, type Token, type TokenWish } from './api';
import { Scopes, type Reach } from './Scopes';

const kDays = [30, 90, 180, 365, 0];
export const linesOf = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

export function TokenForm({ onMade, onCancel }: { onMade: (token: Token) => void; onCancel: () => void }) {
  const t = useWords('me');
  const [description, setDescription] = useState('');
  const [days, setDays] = useState(90);
  const [reach, setReach] = useState<Reach>('read');
  const [scopes, setScopes] = useState<string[]>([]);
  const [networks, setNetworks] = useState('');
  const [troubles, setTroubles] = useState<Record<string, string | undefined>>({});
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (reach === 'some' && scopes.length === 0) { setTroubles({ scopes: t('tokens.nothing_chosen') }); return; }
    setTroubles({});
    setBusy(true);
    const wish: TokenWish = { description: description.trim(), expires_in_days: days, networks: linesOf(networks) };
    if (reach === 'read') wish.read_only = true;
    if (reach === 'some') wish.scopes = scopes;
    try {
      onMade(await makeToken(wish));
    } catch (problem) {
      const found = problem instanceof ApiError ? { description: problem.about('description'), networks: problem.about('networks'), scopes: problem.about('scopes'), expires: problem.about('expires_in_days') } : {};
      if (Object.values(found).some(Boolean)) setTroubles(found);
      else tell(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="mb-4 rounded-lg border border-line bg-ground p-4" aria-label={t('tokens.new')}>
      <Field label={t('tokens.what_for')} hint={t('tokens.what_for_hint')} error={troubles.description} required autoFocus maxLength={200} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
      <Scopes reach={reach} chosen={scopes} trouble={troubles.scopes} onReach={setReach} onChosen={setScopes} />
      <div className="grid gap-x-4 sm:grid-cols-2">
        <Select label={t('tokens.ends')} hint={days === 0 ? t('tokens.never_hint') : undefined} error={troubles.expires} value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
          {kDays.map((each) => <option key={each} value={each}>{each === 0 ? t('tokens.never') : t('tokens.days', { count: each })}</option>)}
        </Select>
        <TextField label={t('tokens.networks')} hint={t('tokens.networks_hint')} error={troubles.networks} rows={2} placeholder="192.0.2.0/24" spellCheck={false} value={networks} onChange={(event) => setNetworks(event.currentTarget.value)} />
      </div>
      <div className="flex gap-2"><Button type="submit" look="main" isBusy={isBusy}>{t('tokens.make')}</Button><Button onClick={onCancel}>{t('common:cancel')}</Button></div>
    </form>
  );
}
