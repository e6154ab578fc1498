// How customers see one, telephone and time zone; name, address and role are given by others.
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ApiError, get, put } from '@/api/http';
import { notice } from '@/app/notices';
import { queries, useSession, type Me } from '@/app/session';
import { useWords } from '@/i18n';
import { Button } from '@/kit/Button';
import { Field } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { useAct } from '@/kit/act';
import { useRoleWord } from '@/screens/admin/people/words';

const kFields = ['alias', 'phone', 'time_zone'] as const; // the server keeps the name of an account as it was invited
type Fields = Record<(typeof kFields)[number], string>;

const zones = () => (typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : []);
const fieldsOf = (me: Me): Fields => Object.fromEntries(kFields.map((each) => [each, String(me[each] ?? '')])) as Fields;

function ProfileForm({ me }: { me: Me }) {
  const t = useWords('me');
  const { can, refresh } = useSession();
  const [typed, setTyped] = useState<Fields>(fieldsOf(me));
  const [troubles, setTroubles] = useState<Partial<Fields>>({});
  const [isBusy, act] = useAct();
  const mayChange = can('tickets:write') || can('users:manage');
  const before = fieldsOf(me);
  const changed = kFields.filter((each) => typed[each].trim() !== before[each]);

  const save = (event: FormEvent) => {
    event.preventDefault();
    setTroubles({});
    void act(async () => {
      try {
        await put(`/api/v2/users/${me.id}`, { user: Object.fromEntries(changed.map((each) => [each, typed[each].trim() || null])) });
      } catch (problem) {
        const found = Object.fromEntries(kFields.map((each) => [each, problem instanceof ApiError ? problem.about(each) : undefined]).filter(([, words]) => words));
        if (Object.keys(found).length === 0) throw problem;
        setTroubles(found);
        return;
      }
      await Promise.all([refresh(), queries.invalidateQueries({ queryKey: ['own_profile'] })]);
      notice(t('common:saved'));
    });
  };
  const box = (name: (typeof kFields)[number], rest: object = {}) => (
    <Field label={t(`profile.${name}`)} hint={name === 'alias' ? t('profile.alias_hint') : undefined} error={troubles[name]} maxLength={255} disabled={!mayChange}
      value={typed[name]} onChange={(event) => { const { value } = event.currentTarget; setTyped((was) => ({ ...was, [name]: value })); }} {...rest} />
  );
  return (
    <form onSubmit={save} className="grid gap-x-4 sm:grid-cols-2">
      {box('alias')}
      {box('phone', { type: 'tel', autoComplete: 'tel' })}
      {box('time_zone', { list: 'time-zones', placeholder: Intl.DateTimeFormat().resolvedOptions().timeZone })}
      <datalist id="time-zones">{zones().map((each) => <option key={each} value={each} />)}</datalist>
      {mayChange ? <div className="col-start-1"><Button type="submit" look="main" isBusy={isBusy} disabled={changed.length === 0}>{t('common:save')}</Button></div> : <p className="text-sm text-faint">{t('profile.read_only')}</p>}
    </form>
  );
}

export function ProfileCard() {
  const t = useWords('me');
  const roleWord = useRoleWord();
  const { me } = useSession();
  const query = useQuery({ queryKey: ['own_profile'], queryFn: async ({ signal }) => (await get('/api/v2/users/me', signal)).user });
  return (
    <Card title={t('profile.title')}>
      <dl className="mb-4 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {me.name && me.name !== me.email && <><dt className="text-faint">{t('common:name')}</dt><dd className="[overflow-wrap:anywhere]">{me.name}</dd></>}
        <dt className="text-faint">{t('common:email')}</dt><dd className="[overflow-wrap:anywhere]">{me.email}</dd>
        <dt className="text-faint">{t('profile.role')}</dt><dd>{roleWord(me)}</dd>
      </dl>
      <Loaded query={query}>{(own) => <ProfileForm key={JSON.stringify(fieldsOf(own))} me={own} />}</Loaded>
    </Card>
  );
}
