// One person who works here: role, inboxes, groups, ways in, sign-ins.
import { sameId } from '@/api/http';
import type { ScreenProps } from '@/app/screens';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { dateTime } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Loaded } from '@/kit/Loaded';
import { Card, Page } from '@/kit/Page';
import { SignInsCard } from '@/screens/me/SignInsCard';
import { GroupsOfPerson } from '../groups/GroupsOfPerson';
import { SignatureCard } from '../signatures/SignatureCard';
import { AccessCard } from './AccessCard';
import { useInboxes, useMissing, usePerson, type Person } from './api';
import { InboxesForm } from './InboxesForm';
import { RoleForm } from './RoleForm';
import { useInboxWords, useRoleWord } from './words';

function PersonView({ person }: { person: Person }) {
  const t = useWords('people');
  const { me, can } = useSession();
  const roleWord = useRoleWord();
  const inboxes = useInboxes();
  const inboxWords = useInboxWords(inboxes.data?.inboxes);
  const missing = useMissing();
  const isSelf = sameId(me.id, person.id);
  const isAbove = person.is_owner && !me.is_owner;
  const missingBy = missing.data?.find((each) => sameId(each.user.id, person.id))?.required_by;
  const isAccount = person.role !== 'end-user';
  return (
    <Page title={person.name || person.email} intro={<span className="flex flex-wrap items-center gap-2">{person.name && person.name !== person.email && <span className="[overflow-wrap:anywhere]">{person.email}</span>}
      {person.suspended ? <Badge tone="bad">{t('suspended')}</Badge> : <Badge tone="good">{t('active')}</Badge>}{isSelf && <Badge tone="accent">{t('you')}</Badge>}{missingBy && <Badge tone="warn">{t('factor_missing', { date: dateTime(missingBy) })}</Badge>}</span>}
      actions={<><a href="#/people">{t('all')}</a>{can('audit:read') && <a href={`#/audit?actor_id=${person.id}`}>{t('what_was_done')}</a>}</>}>
      {isAbove && <p className="mb-3 text-faint">{t('above')}</p>}
      {isAccount && (
        <Card title={t('role_and_inboxes')}>
          {can('roles:manage') && !isSelf && !isAbove
            ? <><RoleForm key={`${person.role}${person.custom_role_id}${person.is_owner}`} person={person} />{person.role === 'agent' ? <InboxesForm key={JSON.stringify(person.inbox_ids)} person={person} /> : <p className="text-faint">{t('inboxes.not_limited')}</p>}</>
            : <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1"><dt className="text-faint">{t('the_role')}</dt><dd>{roleWord(person)}</dd><dt className="text-faint">{t('the_inboxes')}</dt><dd>{inboxWords(person)}</dd></dl>}
          {isSelf && can('roles:manage') && <p className="mt-2 text-sm text-faint">{t('not_own_role')}</p>}
        </Card>
      )}
      {isAccount && <GroupsOfPerson person={person} />}
      {isAccount && can('users:manage') && !isAbove && <AccessCard person={person} isSelf={isSelf} missingBy={missingBy} />}
      {isAccount && !isSelf && !isAbove && can('users:manage') && <SignatureCard key={`s${person.id}`} id={person.id} isOwn={false} />}
      {can('audit:read') && <SignInsCard path={`/api/v2/users/${person.id}/sign_ins`} title={t('sign_ins')} />}
    </Page>
  );
}

export default function PersonScreen({ params }: ScreenProps) {
  const query = usePerson(params.id!);
  return <Loaded query={query}>{(person) => <PersonView person={person} />}</Loaded>;
}
