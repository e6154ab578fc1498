// Programs that are told what happens to tickets.
import { useQuery } from '@tanstack/react-query';
import { put, wordsOf } from '@/api/http';
import { notice } from '@/app/notices';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { dateTime } from '@/i18n/dates';
import { Badge } from '@/kit/Badge';
import { allPages } from '@/kit/editor/allPages';
import { LinkButton } from '@/kit/editor/LinkButton';
import { changeList } from '@/kit/editor/RuleList';
import { RuleRows } from '@/kit/editor/RuleRows';
import { Failed, Page } from '@/kit/Page';
import { Wait } from '@/kit/Wait';
import { kPath, type Webhook } from './model';

const kKey = ['defined', 'webhooks'];

export default function Webhooks() {
  const t = useWords('webhooks');
  const list = useQuery({ queryKey: kKey, queryFn: ({ signal }) => allPages<Webhook>(kPath, 'webhooks', signal), staleTime: 5_000 });
  const all = list.data ?? [];
  const turn = async (hook: Webhook, on: boolean) => {
    const now = queries.getQueryData<Webhook[]>(kKey) ?? all;
    const status = on ? 'active' : 'inactive';
    if (!(await changeList(kKey, now.map((each) => (each.id === hook.id ? { ...each, status } : each)), () => put(`${kPath}/${hook.id}`, { webhook: { status } })))) return;
    notice(t(on ? 'rules:turned_on' : 'rules:turned_off', { what: hook.name }), { undo: () => void turn(hook, !on) });
  };
  if (list.isError) return <Failed words={wordsOf(list.error)} onAgain={() => void list.refetch()} again={t('common:again')} />;
  return (
    <Page title={t('title')} intro={t('intro')} actions={<LinkButton href="#/admin/webhooks/new">{t('add')}</LinkButton>}>
      {list.isPending ? <Wait /> : all.length === 0 ? <section className="rounded-xl border border-line bg-paper p-6"><h2>{t('none')}</h2><p className="mt-2 max-w-prose text-faint">{t('example')}</p></section> : (
        <RuleRows<Webhook> label={t('title')} items={all} titleOf={(each) => each.name} isOn={(each) => each.status === 'active'} href={(each) => `#/admin/webhooks/${each.id}`} mayChange={() => true} canSort={false} onMove={() => {}}
          line={(hook) => <><code>{hook.http_method} {hook.endpoint}</code> · {t('events_count', { count: hook.subscriptions.length })}</>} onTurn={(hook, on) => void turn(hook, on)}
          side={(hook) => (
            <>
              {hook.delivery.paused_until ? <Badge tone="bad">{t('paused', { until: dateTime(hook.delivery.paused_until) })}</Badge> : hook.delivery.failures_in_a_row > 0 ? <Badge tone="warn">{t('failing', { count: hook.delivery.failures_in_a_row })}</Badge> : null}
              {hook.delivery.pending > 0 && <div>{t('pending', { count: hook.delivery.pending })}</div>}
            </>
          )} />
      )}
    </Page>
  );
}
