// Everybody who works here.
import { useMemo, useState } from 'react';
import { useCommands } from '@/app/keys';
import { setQueryParams, useQueryParams } from '@/app/place';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { date } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Field, Select } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { Card, Page } from '@/kit/Page';
import { Table, type Column } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { useInboxes, useMissing, usePeople, useRoles, type Person } from './api';
import { filterPeople } from './filter';
import { InviteDialog } from './InviteDialog';
import { useNameOfRole } from './RoleSelect';
import { valueOfPerson, valueOfRole } from './role_choice';
import { useInboxWords } from './words';

const kAtOnce = 50;

export default function People() {
  const t = useWords('people');
  const { can, me } = useSession();
  const params = useQueryParams();
  const people = usePeople();
  const roles = useRoles();
  const inboxes = useInboxes();
  const missing = useMissing();
  const nameOf = useNameOfRole();
  const inboxWords = useInboxWords(inboxes.data?.inboxes);
  const [isInviting, setInviting] = useState(false);
  const [shown, setShown] = useState(kAtOnce);
  const mayInvite = can('users:manage');
  useCommands(useMemo(() => (mayInvite ? [{ id: 'people.invite', title: t('invite.title'), group: t('title'), keys: 'c', run: () => setInviting(true) }] : []), [t, mayInvite]));

  const due = new Map((missing.data ?? []).map((each) => [String(each.user.id), each.required_by]));
  const filter = { text: params.get('q') ?? '', role: params.get('role') ?? '', state: params.get('state') ?? '' };
  const list = filterPeople(people.data ?? [], filter, valueOfPerson, new Set(due.keys()));
  const roleName = (person: Person) => {
    const role = roles.data?.custom_roles.find((each) => valueOfRole(each) === valueOfPerson(person));
    return role ? nameOf(role) : t(`role.${person.role.replace('-', '_')}`);
  };
  const change = (name: string) => (event: { currentTarget: { value: string } }) => { setShown(kAtOnce); setQueryParams({ [name]: event.currentTarget.value }); };
  const columns: Column<Person>[] = [
    { title: t('common:name'), cell: (row) => <><a href={`#/people/${row.id}`} className="font-medium [overflow-wrap:anywhere]">{row.name || row.email}</a>{String(row.id) === String(me.id) && <> <Badge tone="accent">{t('you')}</Badge></>}<span className="block text-sm text-faint [overflow-wrap:anywhere]">{row.name && row.name !== row.email ? row.email : ''}</span></> },
    { title: t('the_role'), cell: roleName },
    { title: t('the_inboxes'), cell: (row) => inboxWords(row) },
    { title: t('state'), cell: (row) => {
      const by = due.get(String(row.id));
      return <span className="flex flex-wrap gap-1">{row.suspended ? <Badge tone="bad">{t('suspended')}</Badge> : <Badge tone="good">{t('active')}</Badge>}{by && <Badge tone="warn">{t('factor_missing', { date: date(by) })}</Badge>}</span>;
    } },
    { title: t('since'), cell: (row) => <Time at={row.created_at} /> },
  ];
  return (
    <Page title={t('title')} intro={t('intro')} isWide actions={mayInvite && <Button look="main" onClick={() => setInviting(true)}>{t('invite.title')}</Button>}>
      <Card>
        <div role="search" className="grid gap-x-4 sm:grid-cols-[2fr_1fr_1fr]">
          <Field label={t('find')} type="search" value={filter.text} onChange={change('q')} placeholder={t('find_hint')} />
          <Select label={t('the_role')} value={filter.role} onChange={change('role')}>
            <option value="">{t('any')}</option>
            {(roles.data?.custom_roles ?? []).filter((each) => each.name !== 'end-user').map((each) => <option key={valueOfRole(each)} value={valueOfRole(each)}>{nameOf(each)}</option>)}
          </Select>
          <Select label={t('state')} value={filter.state} onChange={change('state')}>
            <option value="">{t('any')}</option><option value="active">{t('active')}</option><option value="suspended">{t('suspended')}</option>
            {can('security:manage') && <option value="missing">{t('without_factor')}</option>}
          </Select>
        </div>
        <Loaded query={people}>{() => (
          <>
            <p role="status" className="mb-1 text-sm text-faint">{t('count', { count: list.length })}</p>
            <Table isStacked caption={t('title')} columns={columns} rows={list.slice(0, shown)} rowKey={(row) => String(row.id)} empty={t('nobody')} />
            {list.length > shown && <p className="mt-2 text-center"><Button onClick={() => setShown((was) => was + kAtOnce)}>{t('common:more')}</Button></p>}
          </>
        )}</Loaded>
      </Card>
      {isInviting && <InviteDialog onClose={() => setInviting(false)} />}
    </Page>
  );
}
