// Where one is signed in now.
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { confirmed } from '@/kit/Confirm';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { Table, type Column } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { useAct } from '@/kit/act';
import { AgentName } from './AgentName';
import { endSession, refresh, useSessions, type OwnSession } from './api';
import { useMethodWords } from './words';

export function SessionsCard() {
  const t = useWords('me');
  const methodWords = useMethodWords();
  const query = useSessions();
  const [isBusy, act] = useAct();
  const others = (query.data ?? []).filter((each) => !each.current);
  const end = (list: OwnSession[]) => act(async () => {
    for (const each of list) await endSession(each.id);
    await refresh('own_sessions');
  }, list.length > 1 ? t('sessions.ended') : undefined);
  const endOthers = async () => {
    if (await confirmed({ title: t('sessions.end_others'), text: t('sessions.end_others_text', { count: others.length }), action: t('sessions.end_others') })) await end(others);
  };
  const columns: Column<OwnSession>[] = [
    { title: t('sessions.browser'), cell: (row) => <><AgentName text={row.user_agent} /> {row.current && <Badge tone="accent">{t('this_one')}</Badge>}</> },
    { title: t('address'), cell: (row) => row.ip_address },
    { title: t('sessions.proved'), cell: (row) => methodWords(row.methods) },
    { title: t('sessions.since'), cell: (row) => <Time at={row.authenticated_at} /> },
    { title: t('sessions.seen'), cell: (row) => <Time at={row.last_seen_at} /> },
    { title: t('common:actions'), isTitleHidden: true, className: 'text-right', cell: (row) => !row.current && <Button look="quiet" isBusy={isBusy} onClick={() => void end([row])}>{t('sessions.end')}</Button> },
  ];
  return (
    <Card title={t('sessions.title')} actions={others.length > 0 && <Button look="danger" isBusy={isBusy} onClick={() => void endOthers()}>{t('sessions.end_others')}</Button>}>
      <Loaded query={query}>{(list) => <Table isStacked caption={t('sessions.title')} columns={columns} rows={[...list].sort((a, b) => Number(b.current) - Number(a.current) || b.last_seen_at.localeCompare(a.last_seen_at))} rowKey={(row) => String(row.id)} />}</Loaded>
      <p className="mt-2 text-sm text-faint">{t('sessions.hint')}</p>
    </Card>
  );
}
