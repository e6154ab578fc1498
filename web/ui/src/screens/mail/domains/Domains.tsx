// Where mail comes in: the inboxes, and the domains with what they publish.
import { useQuery } from '@tanstack/react-query';
import { wordsOf } from '@/api/http';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Card, Empty, Failed, Page } from '@/kit/Page';
import { Table } from '@/kit/Table';
import { Time } from '@/kit/Time';
import { Wait } from '@/kit/Wait';
import { useSession } from '@/app/session';
import { domainsQuery, inboxesQuery, type DomainSummary } from '../api';
import { Copyable } from './Copyable';
import { toneOf } from './steps';
import { useAdviceWords } from './words';

const kSecondInbox = `[[inbox]]
workspace = "WORKSPACE"
addresses = ["help@example.org"]
display_name = "Help"`;

function DomainRow({ domain }: { domain: DomainSummary }) {
  const t = useWords('mail');
  const words = useAdviceWords();
  const problems = domain.problems ?? [];
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-t border-line py-3 first:border-0">
      <div className="min-w-0 flex-1 basis-64">
        <div className="flex flex-wrap items-center gap-2"><a className="font-semibold" href={`#/mail/domains/${encodeURIComponent(domain.domain)}`}>{domain.domain}</a><Badge tone={toneOf(domain.state)}>{words.ofDomain(domain.state)}</Badge></div>
        <p className="mt-1 text-sm text-faint">
          {domain.state === null ? t('domains.unchecked') : problems.length ? t('domains.problems', { list: problems.map(words.title).join(', ') }) : t('domains.fine')}
          {domain.checked_at && <> · {t('check.at')} <Time at={domain.checked_at} /></>}
        </p>
      </div>
      <a className="rounded-md border border-line-strong px-2.5 py-1 text-ink no-underline hover:bg-accent-ground" href={`#/mail/domains/${encodeURIComponent(domain.domain)}`}>{t(problems.length ? 'domains.set_up' : 'domains.look')}<span className="sr-only"> {domain.domain}</span></a>
    </li>
  );
}

function Inboxes() {
  const t = useWords('mail');
  const { data, error } = useQuery(inboxesQuery);
  if (error) return <Failed words={wordsOf(error)} />;
  if (!data) return <Wait />;
  return (
    <Table caption={t('inboxes.title')} rows={data} rowKey={(row) => String(row.id)} empty={t('inboxes.none')}
      columns={[
        { title: t('common:name'), cell: (row) => row.name || '–' },
        { title: t('inboxes.address'), cell: (row) => <span className="[overflow-wrap:anywhere]">{row.address}</span> },
      ]} />
  );
}

export default function Domains() {
  const t = useWords('mail');
  const { can } = useSession();
  const { data, error, isFetching, refetch } = useQuery(domainsQuery);
  return (
    <Page title={t('domains.title')} intro={t('domains.intro')} actions={<Button isBusy={isFetching} onClick={() => void refetch()}>{isFetching ? t('check.running') : t('check.now')}</Button>}>
      <Card title={t('domains.list')}>
        {error && <Failed words={wordsOf(error)} onAgain={() => void refetch()} again={t('common:again')} />}
        {!data && !error && <Wait />}
        {data && (data.length ? <ul className="m-0 list-none p-0">{data.map((each) => <DomainRow key={each.domain} domain={each} />)}</ul> : <Empty>{t('domains.none')}</Empty>)}
      </Card>
      {can('users:read') && <Card title={t('inboxes.title')}><Inboxes /></Card>}
      <Card>
        <details><summary className="cursor-pointer text-accent">{t('inboxes.add')}</summary>
          <p className="my-2 max-w-prose text-faint">{t('inboxes.add_hint')}</p>
          <dl className="grid gap-2"><Copyable label={t('inboxes.add_config')} text={kSecondInbox} what={t('inboxes.add_config')} /><Copyable label={t('inboxes.add_keys')} text="postern dkim new example.org --config postern.toml" what={t('inboxes.add_keys')} /></dl>
        </details>
      </Card>
    </Page>
  );
}
