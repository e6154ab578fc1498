// Who from outside is or was let in, until when, why and by whom.
import { useState } from 'react';
import { sameId, type Id } from '@/api/http';
import { useSession } from '@/app/session';
import { useWords } from '@/i18n';
import { dateTime } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { Table, type Column } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { useAct } from '@/kit/act';
import { SecretOnce } from '@/screens/me/SecretOnce';
import { usePeople } from '../people/api';
import { endSupport, securityChanged, useSupport, type Grant } from './api';
import { GrantForm } from './GrantForm';
import { SecurityPage } from './SecurityPage';

export default function SupportScreen() {
  const t = useWords('security');
  const { can } = useSession();
  const query = useSupport();
  const people = usePeople();
  const [isAsking, setAsking] = useState(false);
  const [made, setMade] = useState<{ grant: Grant; link: string } | null>(null);
  const [isBusy, act] = useAct();
  const mayManage = can('users:manage');
  const nameOf = (id: Id | null) => (id === null ? t('support.operator') : people.data?.find((each) => sameId(each.id, id))?.name || t('support.somebody'));
  const end = async (grant: Grant) => {
    if (!await confirmed({ title: t('support.end_title', { who: grant.email }), text: t('support.end_text'), action: t('support.end'), isDangerous: true })) return;
    await act(async () => { await endSupport(grant.id); await Promise.all([securityChanged('support'), securityChanged('checklist')]); }, t('support.ended'));
  };
  const columns: Column<Grant>[] = [
    { title: t('support.state'), cell: (row) => (row.is_active ? <Badge tone="warn">{t('support.in')}</Badge> : <Badge>{t('support.over')}</Badge>) },
    { title: t('support.who'), cell: (row) => <span className="[overflow-wrap:anywhere]">{row.email}<span className="block text-sm text-faint">{t(row.role === 'agent' ? 'support.agent' : 'support.light_agent')}</span></span> },
    { title: t('support.why'), cell: (row) => <span className="[overflow-wrap:anywhere]">{row.reason}</span> },
    { title: t('support.by'), cell: (row) => <>{nameOf(row.granted_by_id)}<span className="block text-sm text-faint"><Time at={row.granted_at} /></span></> },
    { title: t('support.until'), cell: (row) => <Time at={row.is_active ? row.until : row.ended_at} isExact /> },
    { title: t('common:actions'), isTitleHidden: true, className: 'text-right whitespace-nowrap', cell: (row) => (
      <>
        {can('audit:read') && <a href={`#/audit?actor_id=${row.user_id}`} className="mr-2">{t('support.what_was_done')}</a>}
        {mayManage && row.is_active && <Button look="danger" isBusy={isBusy} onClick={() => void end(row)}>{t('support.end')}</Button>}
      </>
    ) },
  ];
  return (
    <SecurityPage title={t('support.title')} intro={t('support.intro')} actions={mayManage && !isAsking && <Button look="main" onClick={() => setAsking(true)}>{t('support.let_in')}</Button>}>
      <Card>
        {made && <SecretOnce title={t('support.made', { who: made.grant.email, until: dateTime(made.grant.until) })} hint={t('people:invite.made_hint')} text={made.link} what={t('people:link.the_link')} onDone={() => setMade(null)} />}
        {isAsking && <GrantForm onMade={(grant, link) => { setAsking(false); setMade({ grant, link }); }} onCancel={() => setAsking(false)} />}
        <Loaded query={query}>{(list) => <Table isStacked caption={t('support.title')} columns={columns} rows={list} rowKey={(row) => String(row.id)} empty={t('support.nobody')} />}</Loaded>
      </Card>
    </SecurityPage>
  );
}
